/// A JSON text (RFC 8259) as values. Numbers stay text: what reads one says what it takes.
enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads a whole text, strictly: UTF-8, nothing behind it, no member twice in one object, at most 32 levels.
    ///
    /// Nil for anything else. Members are compared after escapes were resolved, so that `"iss"` and `"\u0069ss"` are the
    /// same one.
    init?(parsing bytes: [UInt8], maximumBytes: Int) {
        guard bytes.count <= maximumBytes else { return nil }
        let value = bytes.withUnsafeBufferPointer { buffer -> JSONValue? in
            var parser = JSONParser(buffer)
            return parser.text()
        }
        guard let value else { return nil }
        self = value
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

    /// The texts of an array of nothing but texts.
    var strings: [String]? {
        guard let array else { return nil }
        let texts = array.compactMap(\.string)
        return texts.count == array.count ? texts : nil
    }

    /// Whole seconds of a number without exponent (NumericDate, RFC 7519 §2), its fraction cut off.
    var seconds: Int64? {
        guard case .number(let text) = self else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }) else { return nil }
        return Int64(parts[0])
    }
}
