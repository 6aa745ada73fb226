/// One value of a row, as a `PostgresDecodable` sees it. It must not leave the initialiser that it was given to.
public struct PostgresCell {
    /// The bytes belong to a result that whoever made the cell keeps; nil for NULL.
    let bytes: UnsafeRawBufferPointer?
    /// The type of its column.
    public let type: PostgresType

    /// Why a cell is not the value asked for. `description` holds nothing of the cell's content.
    public struct Mismatch: Error, Sendable, Equatable, CustomStringConvertible {
        enum Kind: Equatable { case null, type, malformed, range }
        let kind: Kind
        /// What is wrong, to follow "column … ".
        public let description: String

        static let null = Mismatch(kind: .null, description: "is NULL")
        static let type = Mismatch(kind: .type, description: "has another type")

        /// The bytes are not the binary form of the type.
        public static let malformed = Mismatch(kind: .malformed, description: "is not in the form of its type")

        /// The value exists, and the Swift type has no room for it. `reason` is a constant, never the value.
        public static func range(_ reason: StaticString) -> Mismatch {
            Mismatch(kind: .range, description: "\(reason)")
        }
    }

    /// Whether it is NULL.
    public var isNull: Bool { bytes == nil }

    /// The bytes, if the column has one of `types`.
    func read(_ types: PostgresType...) throws(Mismatch) -> UnsafeRawBufferPointer {
        guard types.contains(type) else { throw .type }
        return try present()
    }

    /// The bytes, whatever the type.
    func present() throws(Mismatch) -> UnsafeRawBufferPointer {
        guard let bytes else { throw .null }
        return bytes
    }
}

extension UnsafeRawBufferPointer {
    /// A big-endian integer that fills the buffer.
    func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) throws(PostgresCell.Mismatch) -> Value {
        guard count == MemoryLayout<Value>.size else { throw .malformed }
        return Value(bigEndian: loadUnaligned(as: Value.self))
    }

    /// A big-endian integer at `offset`.
    func integer<Value: FixedWidthInteger>(
        at offset: Int,
        _: Value.Type = Value.self
    ) throws(PostgresCell.Mismatch) -> Value {
        guard offset >= 0, offset <= count - MemoryLayout<Value>.size else { throw .malformed }
        return Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}
