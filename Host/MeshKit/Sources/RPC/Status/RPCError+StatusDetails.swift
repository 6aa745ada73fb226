import SwiftProtobuf

/// `grpc-status-details-bin` holds a serialised `google.rpc.Status`: `int32 code = 1`, `string message = 2`,
/// `repeated google.protobuf.Any details = 3`. Three fields by hand, so that the core needs no generated code.
extension RPCError {
    /// The error as a `google.rpc.Status`; nil when there are no details, for then the header isn't sent.
    public func serializedStatus() -> [UInt8]? {
        guard !details.isEmpty else { return nil }
        var output: [UInt8] = [1 << 3]
        Self.appendVarint(UInt64(code.rawValue), to: &output)
        Self.appendField(2, Array(message.utf8), to: &output)
        for detail in details {
            guard let bytes: [UInt8] = try? detail.serializedBytes() else { return nil }
            Self.appendField(3, bytes, to: &output)
        }
        return output
    }

    /// Takes the details out of a serialised `google.rpc.Status`. Code and message stay those of the trailers. Bytes
    /// that don't parse give no details: a status must never get lost because of them.
    public mutating func readDetails(fromStatus bytes: [UInt8]) {
        var input = bytes[...]
        var found: [Google_Protobuf_Any] = []
        while !input.isEmpty {
            guard let tag = Self.takeVarint(&input) else { return }
            switch tag & 7 {
            case 0:
                guard Self.takeVarint(&input) != nil else { return }
            case 1 where input.count >= 8:
                input = input.dropFirst(8)
            case 2:
                guard let length = Self.takeVarint(&input).flatMap({ Int(exactly: $0) }), length <= input.count else {
                    return
                }
                if tag >> 3 == 3 {
                    guard let detail = try? Google_Protobuf_Any(serializedBytes: Array(input.prefix(length))) else {
                        return
                    }
                    found.append(detail)
                }
                input = input.dropFirst(length)
            case 5 where input.count >= 4:
                input = input.dropFirst(4)
            default:
                return
            }
        }
        details = found
    }

    private static func appendField(_ number: UInt8, _ bytes: [UInt8], to output: inout [UInt8]) {
        output.append(number << 3 | 2)
        appendVarint(UInt64(bytes.count), to: &output)
        output.append(contentsOf: bytes)
    }

    private static func appendVarint(_ value: UInt64, to output: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }

    private static func takeVarint(_ input: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = input.popFirst() else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
