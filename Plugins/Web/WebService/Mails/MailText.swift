import Digest

/// A mail as far as the local viewer shows it (RFC 5322, RFC 2045, RFC 2047). A value; what cannot be read is left as it
/// is, since this is for looking.
struct MailText: Equatable {
    let from: String
    let to: String
    let subject: String
    let date: String
    /// Empty if the mail has none.
    private(set) var text = ""
    /// Empty if the mail has none.
    private(set) var html = ""

    /// Reads a mail.
    init(parsing bytes: [UInt8]) {
        let (fields, body) = Self.split(bytes[...])
        func field(_ name: String) -> String { Self.words(fields.first { $0.name == name }?.value ?? "") }
        from = field("from")
        to = field("to")
        subject = field("subject")
        date = field("date")
        for part in Self.parts(fields, body, depth: 0) {
            if part.type.hasPrefix("text/html"), html.isEmpty {
                html = part.text
            } else if text.isEmpty {
                text = part.text
            }
        }
    }

    private typealias Field = (name: String, value: String)

    /// Fields with their lines unfolded, and what comes after the empty line.
    private static func split(_ bytes: ArraySlice<UInt8>) -> (fields: [Field], body: ArraySlice<UInt8>) {
        var fields: [Field] = []
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[..<end].filter { $0 != 0x0D }
            rest = rest[(end + 1)...]
            guard let first = line.first else { break }
            let text = String(decoding: line, as: UTF8.self)
            if first == 0x20 || first == 0x09 {
                guard let last = fields.indices.last else { continue }
                fields[last].value += " " + text.drop { $0 == " " || $0 == "\t" }
            } else if let colon = text.firstIndex(of: ":") {
                let value = text[text.index(after: colon)...].drop { $0 == " " }
                fields.append((text[..<colon].lowercased(), String(value)))
            }
        }
        return (fields, rest)
    }

    private static func parts(
        _ fields: [Field],
        _ body: ArraySlice<UInt8>,
        depth: Int
    ) -> [(type: String, text: String)] {
        let type = fields.first { $0.name == "content-type" }?.value ?? "text/plain"
        if type.lowercased().hasPrefix("multipart/"), let boundary = boundary(type), depth < 4 {
            return pieces(body, boundary).flatMap { piece in
                let (fields, body) = split(piece)
                return parts(fields, body, depth: depth + 1)
            }
        }
        guard type.lowercased().hasPrefix("text/") else { return [] }
        let coding = fields.first { $0.name == "content-transfer-encoding" }?.value.lowercased() ?? ""
        let plain: [UInt8]
        switch coding {
        case "quoted-printable": plain = quotedPrintable(body)
        case "base64": plain = Base64.decode(body.filter { $0 > 0x20 }) ?? Array(body)
        default: plain = Array(body)
        }
        // A line ends with one character: Swift takes the two of a mail for one that is neither.
        return [(type.lowercased(), String(decoding: plain.filter { $0 != 0x0D }, as: UTF8.self))]
    }

    private static func boundary(_ type: String) -> String? {
        for parameter in type.split(separator: ";").dropFirst() {
            let parameter = parameter.drop { $0 == " " || $0 == "\t" }
            guard parameter.prefix(9).lowercased() == "boundary=" else { continue }
            let value = parameter.dropFirst(9)
            return String(value.hasPrefix("\"") ? value.dropFirst().prefix { $0 != "\"" } : value.prefix { $0 != " " })
        }
        return nil
    }

    /// What stands between the lines of a boundary.
    private static func pieces(_ body: ArraySlice<UInt8>, _ boundary: String) -> [ArraySlice<UInt8>] {
        let mark = Array("--\(boundary)".utf8)
        var pieces: [ArraySlice<UInt8>] = []
        var begin: Int?
        var line = body.startIndex
        while line < body.endIndex {
            let end = body[line...].firstIndex(of: 0x0A).map { $0 + 1 } ?? body.endIndex
            if body[line..<end].starts(with: mark) {
                if let begin { pieces.append(body[begin..<line]) }
                begin = end
            }
            line = end
        }
        return pieces
    }

    private static func quotedPrintable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                plain.append(byte)
                continue
            }
            if rest.first == 0x0D { rest.removeFirst() }
            if rest.first == 0x0A {
                rest.removeFirst()
            } else if rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                plain.append(value)
                rest.removeFirst(2)
            } else {
                plain.append(byte)
            }
        }
        return plain
    }

    /// A field with its encoded words in base 64 resolved; space between two of them is none.
    private static func words(_ value: String) -> String {
        var text = ""
        var wasEncoded = false
        for word in value.split(separator: " ") {
            let parts = word.split(separator: "?", omittingEmptySubsequences: false)
            let isEncoded =
                parts.count == 5 && parts[0] == "=" && parts[4] == "=" && parts[1].lowercased() == "utf-8"
                && parts[2].lowercased() == "b"
            let plain = isEncoded ? Base64.decode(Array(parts[3].utf8)) : nil
            if !text.isEmpty, !(wasEncoded && plain != nil) { text += " " }
            text += plain.map { String(decoding: $0, as: UTF8.self) } ?? String(word)
            wasEncoded = plain != nil
        }
        return text
    }
}
