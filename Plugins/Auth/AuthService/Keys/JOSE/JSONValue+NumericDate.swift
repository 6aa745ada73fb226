import RPC

extension JSONValue {
    /// Whole seconds of a number without exponent (NumericDate, RFC 7519 §2), its fraction cut off.
    var seconds: Int64? {
        guard let text = number else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }) else { return nil }
        return Int64(parts[0])
    }
}
