/// What a server answers.
public enum ValkeyReply: Hashable, Sendable {
    /// Nothing: no such key, no such field.
    case null
    /// A number.
    case integer(Int)
    /// A short text of the server itself, such as `OK`.
    case status(String)
    /// A value. Any bytes.
    case bytes([UInt8])
    /// A refusal inside of an array, as of a transaction; a whole reply of this kind is thrown as `ValkeyError`.
    /// The text may quote keys and values: not for logs.
    case error(String)
    /// Several answers.
    case array([ValkeyReply])
}

extension ValkeyReply: CustomStringConvertible {
    /// The kind and the size, such as `bytes(12)`: no data, so that it may be logged.
    public var description: String {
        switch self {
        case .null: "null"
        case .integer: "integer"
        case .status: "status"
        case .bytes(let bytes): "bytes(\(bytes.count))"
        case .error: "error"
        case .array(let items): "array(\(items.count))"
        }
    }
}
