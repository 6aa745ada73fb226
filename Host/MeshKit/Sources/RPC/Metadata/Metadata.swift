/// What travels beside the messages of a call: names with text or, for names that end in `-bin`, bytes. Ordered; a name
/// may come more than once. A value type; an empty one allocates nothing.
public struct Metadata: Sendable, Equatable {
    /// One name with its value.
    public struct Entry: Sendable, Equatable {
        /// Lower case.
        public let name: String
        /// Text or bytes.
        public let value: Value
    }

    /// What a name stands for.
    public enum Value: Sendable, Equatable {
        /// Printable ASCII, spaces included.
        case text(String)
        /// Raw bytes; base64 only on the wire.
        case bytes([UInt8])
    }

    /// In the order they were added.
    public private(set) var entries: [Entry] = []

    /// Nothing.
    public init() {}

    /// Whether there is nothing.
    public var isEmpty: Bool { entries.isEmpty }

    /// How many entries.
    public var count: Int { entries.count }

    /// Adds text. The name is made lower case.
    /// - Throws: ``MetadataError`` for a name or a value HTTP/2 or gRPC can't carry, or a reserved name.
    public mutating func append(_ name: String, _ value: String) throws(MetadataError) {
        let name = try Self.checked(name)
        guard !Self.isBinary(name) else { throw MetadataError(.textForBinaryName, name: name) }
        guard value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }), value.utf8.first != 0x20, value.utf8.last != 0x20
        else { throw MetadataError(.value, name: name) }
        entries.append(Entry(name: name, value: .text(value)))
    }

    /// Adds bytes, under a name that ends in `-bin`.
    /// - Throws: ``MetadataError`` for any other name.
    public mutating func append(_ name: String, bytes: [UInt8]) throws(MetadataError) {
        let name = try Self.checked(name)
        guard Self.isBinary(name) else { throw MetadataError(.bytesForTextName, name: name) }
        entries.append(Entry(name: name, value: .bytes(bytes)))
    }

    /// Adds all entries of another.
    public mutating func append(contentsOf other: Metadata) {
        if entries.isEmpty {
            entries = other.entries
        } else {
            entries.append(contentsOf: other.entries)
        }
    }

    /// Removes every entry of a name, given in lower case.
    public mutating func remove(_ name: String) {
        guard entries.contains(where: { $0.name == name }) else { return }
        entries.removeAll { $0.name == name }
    }

    /// The first text of a name, given in lower case.
    public subscript(_ name: String) -> String? {
        for entry in entries where entry.name == name {
            if case .text(let text) = entry.value { return text }
        }
        return nil
    }

    /// All texts of a name, given in lower case.
    public func values(for name: String) -> [String] {
        entries.compactMap { entry in
            guard entry.name == name, case .text(let text) = entry.value else { return nil }
            return text
        }
    }

    /// All byte values of a name, given in lower case.
    public func bytes(for name: String) -> [[UInt8]] {
        entries.compactMap { entry in
            guard entry.name == name, case .bytes(let bytes) = entry.value else { return nil }
            return bytes
        }
    }
}

extension Metadata: Sequence {
    /// Goes through the entries in order.
    public func makeIterator() -> IndexingIterator<[Entry]> {
        entries.makeIterator()
    }
}

extension Metadata {
    static func isBinary(_ name: String) -> Bool {
        name.hasSuffix("-bin")
    }

    /// Appends an entry whose parts are known to be good.
    mutating func append(unchecked entry: Entry) {
        entries.append(entry)
    }

    private static func checked(_ name: String) throws(MetadataError) -> String {
        let lower = name.utf8.contains { (0x41...0x5a).contains($0) } ? name.lowercased() : name
        guard isName(lower) else { throw MetadataError(.name, name: name) }
        guard !isReserved(lower) else { throw MetadataError(.reserved, name: lower) }
        return lower
    }

    /// `[0-9a-z_.-]+`, of PROTOCOL-HTTP2.md.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x61...0x7a, 0x30...0x39, 0x2d, 0x2e, 0x5f: true
                default: false
                }
            }
    }

    /// Names that the transport itself writes and reads.
    static func isReserved(_ name: String) -> Bool {
        guard !name.hasPrefix("grpc-") else { return true }
        return switch name {
        case "content-type", "te", "user-agent", "connection", "transfer-encoding", "host", "content-length",
            "keep-alive", "proxy-connection", "upgrade", "traceparent", "tracestate":
            true
        default: false
        }
    }
}
