/// What a value of the store can be read as.
public protocol ValkeyValue: ValkeyArgument {
    /// Reads the bytes of a value.
    /// - Throws: `ValkeyError` with code `unexpectedReply` if they are no such thing.
    init(valkeyBytes bytes: [UInt8]) throws(ValkeyError)
}

extension [UInt8]: ValkeyValue {
    /// The bytes as they are.
    public init(valkeyBytes bytes: [UInt8]) { self = bytes }
}

extension String: ValkeyValue {
    /// The text, which must be UTF-8.
    public init(valkeyBytes bytes: [UInt8]) throws(ValkeyError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ValkeyError(.unexpectedReply, "the value is not UTF-8", mayHaveExecuted: true)
        }
        self = text
    }
}

extension Int: ValkeyValue {
    /// The number, which must be written in decimal digits.
    public init(valkeyBytes bytes: [UInt8]) throws(ValkeyError) {
        guard bytes.count <= 20, let number = Int(String(decoding: bytes, as: UTF8.self)) else {
            throw ValkeyError(.unexpectedReply, "the value is not a whole number", mayHaveExecuted: true)
        }
        self = number
    }
}

extension Double: ValkeyValue {
    /// The number in decimal digits, or `inf`, `-inf`.
    public init(valkeyBytes bytes: [UInt8]) throws(ValkeyError) {
        guard bytes.count <= 512, let number = Double(String(decoding: bytes, as: UTF8.self)) else {
            throw ValkeyError(.unexpectedReply, "the value is not a number", mayHaveExecuted: true)
        }
        self = number
    }
}
