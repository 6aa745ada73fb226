/// An enhanced status code (RFC 3463): what happened, in which area, and in detail.
public struct EnhancedStatus: Sendable, Hashable, CustomStringConvertible {
    /// 2 done, 4 later, 5 never.
    public let category: Int
    /// The area: 1 addresses, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy, 0 other.
    public let subject: Int
    /// What exactly, 0 to 999.
    public let detail: Int

    /// A code by its parts.
    public init(_ category: Int, _ subject: Int, _ detail: Int) {
        self.category = category
        self.subject = subject
        self.detail = detail
    }

    /// Reads "5.1.1".
    /// - Returns: nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 3 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
            ),
            let category = Int(parts[0]), [2, 4, 5].contains(category),
            let subject = Int(parts[1]), let detail = Int(parts[2])
        else { return nil }
        self.init(category, subject, detail)
    }

    /// "5.1.1".
    public var description: String { "\(category).\(subject).\(detail)" }
}
