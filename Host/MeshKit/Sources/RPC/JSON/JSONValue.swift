/// A JSON text (RFC 8259) as values. Numbers stay text: what reads one says what it takes, and no digit is lost.
public enum JSONValue: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// The characters of a number, such as `-1.50e3`.
    case number(String)
    /// A text, its escapes resolved.
    case string(String)
    /// The items of an array.
    case array([JSONValue])
    /// The members of an object.
    case object([String: JSONValue])

    /// Reads a whole text, strictly: UTF-8, nothing behind it, no member twice in one object, at most 32 levels.
    ///
    /// Nil for anything else. Members are compared after escapes were resolved, so that `"iss"` and `"\u0069ss"` are the
    /// same one. Any thread; takes about as long as copying the text a few times, so that megabytes are for the blocking
    /// pool.
    public init?(parsing bytes: [UInt8], maximumBytes: Int) {
        guard bytes.count <= maximumBytes else { return nil }
        let value = bytes.withUnsafeBufferPointer { buffer -> JSONValue? in
            var parser = JSONParser(buffer)
            return parser.text()
        }
        guard let value else { return nil }
        self = value
    }

    /// The text, if it is one.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The characters of the number, if it is one.
    public var number: String? { if case .number(let text) = self { text } else { nil } }
    /// The truth value, if it is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The items, if it is an array.
    public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    /// The members, if it is an object.
    public var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    /// The member of that name, if it is an object that has one.
    public subscript(name: String) -> JSONValue? { object?[name] }
    /// Whether it is `null`.
    public var isNull: Bool { self == .null }

    /// The texts of an array of nothing but texts.
    public var strings: [String]? {
        guard let array else { return nil }
        let texts = array.compactMap(\.string)
        return texts.count == array.count ? texts : nil
    }
}
