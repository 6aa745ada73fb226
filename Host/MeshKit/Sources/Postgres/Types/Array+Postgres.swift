public import Money
public import Observe

/// A value that arrays are made of. `UInt8` is one, so that `[UInt8]` is `bytea`.
public protocol PostgresArrayElement: Sendable {
    /// The type of the array.
    static var postgresArrayType: PostgresType { get }
    /// Writes an array.
    static func encode(array: [Self], into buffer: inout PostgresBuffer)
    /// Reads an array.
    static func decode(array cell: PostgresCell) throws(PostgresCell.Mismatch) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    /// The array type of the elements, or `bytea`.
    public static var postgresType: PostgresType { Element.postgresArrayType }
    /// Writes the elements.
    public func encode(into buffer: inout PostgresBuffer) { Element.encode(array: self, into: &buffer) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    /// Reads one dimension, whatever its lower bound.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) { self = try Element.decode(array: cell) }
}

extension UInt8: PostgresArrayElement {
    /// `bytea`.
    public static var postgresArrayType: PostgresType { .bytea }
    /// The bytes as they are.
    public static func encode(array: [UInt8], into buffer: inout PostgresBuffer) { buffer.append(bytes: array) }
    /// Reads `bytea`.
    public static func decode(array cell: PostgresCell) throws(PostgresCell.Mismatch) -> [UInt8] {
        Array(try cell.read(.bytea))
    }
}

/// The binary form of an array (src/backend/utils/adt/arrayfuncs.c, array_send): dimensions, whether there are NULLs, the
/// element's type; length and lower bound of each dimension; the elements, each behind its length.
extension PostgresArrayElement where Self: PostgresEncodable & PostgresDecodable {
    /// The array of the element's type.
    public static var postgresArrayType: PostgresType { postgresType.array ?? .inferred }

    /// Writes one dimension; none if it is empty.
    public static func encode(array: [Self], into buffer: inout PostgresBuffer) {
        buffer.append(Int32(array.isEmpty ? 0 : 1))
        buffer.append(Int32(array.contains { $0.isPostgresNull } ? 1 : 0))
        buffer.append(postgresType.rawValue)
        guard !array.isEmpty else { return }
        buffer.append(Int32(array.count))
        buffer.append(Int32(1))
        for element in array {
            buffer.appendSized(isNull: element.isPostgresNull) { element.encode(into: &$0) }
        }
    }

    /// Reads one dimension.
    public static func decode(array cell: PostgresCell) throws(PostgresCell.Mismatch) -> [Self] {
        let bytes = try cell.present()
        guard cell.type.element != nil || cell.type.isUserDefined else { throw .type }
        let dimensions: Int32 = try bytes.integer(at: 0)
        let type = PostgresType(rawValue: try bytes.integer(at: 8))
        guard dimensions != 0 else {
            // Nothing tells an empty array of the wrong type but this.
            guard type.array == postgresArrayType || type.isUserDefined else { throw .type }
            return []
        }
        guard dimensions == 1 else { throw .range("is an array of more than one dimension") }
        let count: Int32 = try bytes.integer(at: 12)
        var offset = 20
        var array: [Self] = []
        // Every element has four bytes at least: a wrong count cannot make this large.
        guard count >= 0, Int(count) <= bytes.count / 4 else { throw .malformed }
        array.reserveCapacity(Int(count))
        for _ in 0..<count {
            let length = Int(try bytes.integer(at: offset, Int32.self))
            offset += 4
            guard length >= 0 else {
                array.append(try Self(postgres: PostgresCell(bytes: nil, type: type)))
                continue
            }
            guard length <= bytes.count - offset else { throw .malformed }
            let element = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
            array.append(try Self(postgres: PostgresCell(bytes: element, type: type)))
            offset += length
        }
        return array
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement & PostgresEncodable & PostgresDecodable {}
extension Bool: PostgresArrayElement {}
extension Int16: PostgresArrayElement {}
extension Int32: PostgresArrayElement {}
extension Int64: PostgresArrayElement {}
extension Int: PostgresArrayElement {}
extension Double: PostgresArrayElement {}
extension String: PostgresArrayElement {}
extension PostgresUUID: PostgresArrayElement {}
extension PostgresJSON: PostgresArrayElement {}
extension WallTime: PostgresArrayElement {}
extension CalendarDate: PostgresArrayElement {}
extension ExactDecimal: PostgresArrayElement {}
