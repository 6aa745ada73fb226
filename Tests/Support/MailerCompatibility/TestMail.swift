public import Observe
public import Plugin

/// Mails for the checks.
public enum TestMail {
    /// Nine in the morning of a day in November, so that every run has the same bytes.
    public static let date = WallTime(secondsSinceEpoch: 1_795_510_800)

    /// A random UUID in lower case.
    public static func id() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        var parts: [Substring] = []
        var rest = Substring(digits)
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }

    /// A mail to `name`@example.com.
    public static func to(
        _ name: String,
        id: String = id(),
        attempt: Int = 1,
        toName: String = "",
        fromName: String = "Lonja",
        subject: String = "Confirm your e-mail address",
        text: String = "Hello,\n\nyour code is ABCD-2345.\n",
        html: String = "<p>Hello,</p>\n<p>your code is <b>ABCD-2345</b>.</p>\n"
    ) throws -> MailMessage {
        try MailMessage(
            id: id,
            attempt: attempt,
            from: MailAddress("no-reply@lonja.example", name: fromName),
            to: MailAddress("\(name)@example.com", name: toName),
            subject: subject,
            text: text,
            html: html,
            category: "verify-email",
            language: "en",
            date: date
        )
    }

    /// The text as it must arrive: lines ended by LF, the last one too, no control characters but the tabulator.
    static func arrived(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            defer { previous = scalar }
            switch scalar {
            case "\n" where previous == "\r": continue
            case "\r", "\n", "\u{85}", "\u{2028}", "\u{2029}": result.append("\n")
            case "\t": result.append(scalar)
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): continue
            default: result.append(scalar)
            }
        }
        if result.last != "\n" { result.append("\n") }
        return String(result)
    }
}
