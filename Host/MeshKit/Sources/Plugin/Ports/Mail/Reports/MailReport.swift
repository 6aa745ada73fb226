public import Observe

/// What somebody posted to the address at which providers report what became of mails. Nothing in it is to be believed
/// before a driver has said so.
public struct MailReport: Sendable, Hashable {
    /// The header fields: names in lower case, each name's values in the order they came.
    public let fields: [String: [String]]
    /// The content, byte for byte.
    public let body: [UInt8]
    /// When it came.
    public let receivedAt: WallTime

    /// A report. - Parameter fields: names in lower case.
    public init(fields: [String: [String]], body: [UInt8], receivedAt: WallTime) {
        self.fields = fields
        self.body = body
        self.receivedAt = receivedAt
    }

    /// The value of a field that came exactly once; nil where it did not, as nobody could say which one counts.
    public func only(_ name: String) -> String? {
        guard let values = fields[name], values.count == 1 else { return nil }
        return values[0]
    }
}
