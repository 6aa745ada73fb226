import Observe
import Plugin

/// The name of a mail's file: `20261124T014500.123Z-<outbox id>.eml`, so that names in order are mails in order, and one
/// mail has one name.
enum OutboxFile {
    static let suffix = ".eml"

    static func name(of message: MailMessage) -> String {
        let stamp = message.date.rfc3339(digits: 3).filter { $0 != "-" && $0 != ":" }
        return "\(stamp)-\(message.id)\(suffix)"
    }

    /// The names to remove so that `keep` are left: the oldest, and nothing that is no mail.
    static func surplus(_ names: [String], keep: Int) -> ArraySlice<String> {
        let mails = names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }.sorted()
        return mails.prefix(max(0, mails.count - keep))
    }
}
