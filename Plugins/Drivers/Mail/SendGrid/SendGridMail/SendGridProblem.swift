import Plugin
import SwiftProtobuf

/// What the body of a refusal says: `{"errors":[{"message":"…","field":"…"}]}`.
struct SendGridProblem: Equatable {
    /// The first message, safe to show; empty if there is none.
    let message: String
    /// The field it is about, such as `personalizations.0.to.0.email`; empty for none.
    let field: String

    /// Reads a body; anything else than the promised form is a problem without words.
    init(_ body: [UInt8]) {
        let first = (try? Google_Protobuf_Struct(jsonUTF8Bytes: body))?.fields["errors"]?.listValue.values.first
        let fields = first?.structValue.fields ?? [:]
        message = MailOutcome.line(fields["message"]?.stringValue ?? "")
        field = MailOutcome.line(fields["field"]?.stringValue ?? "")
    }

    /// Whether it is the recipient's address that is refused.
    var isAboutRecipient: Bool { field.hasPrefix("personalizations.") && field.contains(".to.") }
    /// Whether it is about the sender, who is the same in every mail.
    var isAboutSender: Bool { field == "from" || field.hasPrefix("from.") }
}
