/// One answer of a mail server (RFC 5321 §4.2), with its enhanced status code if it has one.
public struct SMTPReply: Sendable, Hashable {
    /// The three digits, 200 to 599.
    public let code: Int
    /// Class, subject and detail (RFC 3463), such as 5.1.1.
    public let enhanced: EnhancedStatus?
    /// The text of each line, without the codes.
    public let lines: [String]

    /// An answer.
    public init(code: Int, enhanced: EnhancedStatus? = nil, lines: [String]) {
        self.code = code
        self.enhanced = enhanced
        self.lines = lines
    }

    /// The lines joined by spaces.
    public var text: String { lines.joined(separator: " ") }
    /// 2yz.
    public var isPositive: Bool { (200..<300).contains(code) }
    /// 4yz: the same may be tried later.
    public var isTransient: Bool { (400..<500).contains(code) }
    /// 5yz: the same will never be accepted.
    public var isPermanent: Bool { (500..<600).contains(code) }
}

extension SMTPReply: CustomStringConvertible {
    /// "550 5.1.1 no such user".
    public var description: String {
        "\(code) \(enhanced.map { "\($0) " } ?? "")\(text)"
    }
}
