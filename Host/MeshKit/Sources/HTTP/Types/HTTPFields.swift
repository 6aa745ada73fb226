/// The header (or trailer) fields of a message in the order they came; names are kept in lower case.
///
/// A lookup is a walk: messages have some ten fields, where that beats a dictionary and keeps repeats in order.
public struct HTTPFields: Sendable, Hashable {
    /// One field line.
    public struct Field: Sendable, Hashable {
        /// The name in lower case.
        public let name: String
        /// The value without surrounding white space.
        public var value: String

        /// Whether it has this name, in any case. Most names differ in length already, and nearly all come in lower case.
        func isNamed(_ name: String) -> Bool {
            self.name.utf8.count == name.utf8.count && (self.name == name || self.name == name.loweredASCII())
        }

        /// Makes a field of a name that was read.
        fileprivate init(token: Slice<UnsafeRawBufferPointer>, value: String) {
            let bytes = UnsafeRawBufferPointer(rebasing: token)
            name = String(unsafeUninitializedCapacity: bytes.count) { space in
                for (place, byte) in bytes.enumerated() { space[place] = byte.lowered }
                return bytes.count
            }
            self.value = value
        }

        /// Makes a field; the name is lowered if it isn't yet.
        public init(name: String, value: String) {
            self.name = name.loweredASCII()
            self.value = value
        }
    }

    private var fields: [Field] = []

    /// Makes an empty list.
    public init() {}

    /// Makes a list of name and value pairs, kept in order, repeats too.
    public init(_ pairs: [(String, String)]) {
        fields = pairs.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of a name; setting replaces every value of it, `nil` removes them.
    public subscript(name: String) -> String? {
        get {
            fields.first { $0.isNamed(name) }?.value
        }
        set {
            guard let newValue else {
                fields.removeAll { $0.isNamed(name) }
                return
            }
            if let first = fields.firstIndex(where: { $0.isNamed(name) }) {
                fields[first].value = newValue
                if let second = fields[(first + 1)...].firstIndex(where: { $0.isNamed(name) }) {
                    fields[second...].removeAll { $0.isNamed(name) }
                }
            } else {
                fields.append(Field(name: name, value: newValue))
            }
        }
    }

    /// Adds a field after those there are, also when the name is there already.
    public mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Adds a field as it is read, before its name is a string.
    mutating func append(token: Slice<UnsafeRawBufferPointer>, _ value: String) {
        fields.append(Field(token: token, value: value))
    }

    /// Adds all fields of another list.
    public mutating func append(contentsOf other: HTTPFields) {
        fields.append(contentsOf: other.fields)
    }

    /// Every value of a name, in order; field lines are not joined nor split.
    public func values(for name: String) -> [String] {
        fields.compactMap { $0.isNamed(name) ? $0.value : nil }
    }

    /// Whether a name is there.
    public func contains(_ name: String) -> Bool {
        fields.contains { $0.isNamed(name) }
    }

    /// Removes every field of a name.
    public mutating func remove(_ name: String) {
        self[name] = nil
    }

    /// Makes room for a number of fields.
    public mutating func reserveCapacity(_ count: Int) {
        fields.reserveCapacity(count)
    }

    /// Whether a list-valued field (RFC 9110 §5.6.1) such as `connection` holds a token, in any case.
    public func lists(_ token: String, in name: String) -> Bool {
        let token = token.loweredASCII()
        for field in fields where field.isNamed(name) {
            for part in field.value.utf8.split(separator: UInt8(ascii: ",")) {
                let trimmed = part.trimmingSpaces()
                if trimmed.count == token.utf8.count, zip(trimmed, token.utf8).allSatisfy({ $0.lowered == $1 }) {
                    return true
                }
            }
        }
        return false
    }
}

extension HTTPFields: RandomAccessCollection {
    /// The first field's place.
    public var startIndex: Int { fields.startIndex }
    /// The place after the last field.
    public var endIndex: Int { fields.endIndex }
    /// The field at a place.
    public subscript(position: Int) -> Field { fields[position] }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
    /// Makes a list of a literal such as `["content-type": "text/plain"]`; order and repeats are kept.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }
}
