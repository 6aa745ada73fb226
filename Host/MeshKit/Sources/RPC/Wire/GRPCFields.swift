internal import Digest
internal import HTTP

/// The constant blocks of gRPC over HTTP/2.
enum GRPCFields {
    static let responseHead = HTTP2ConstantFields([(":status", "200"), ("content-type", "application/grpc")])
    static let okTrailers = HTTP2ConstantFields([("grpc-status", "0")])

    /// What messages may be coded with, beside being as they are.
    static let acceptedEncodings = "identity,gzip"

    /// The status of a call that has failed; with `head` as a trailers-only answer.
    static func trailers(
        _ error: RPCError?,
        _ metadata: Metadata,
        head: Bool,
        pushback: RetryPushback? = nil
    ) -> HTTP2Fields {
        guard head || error != nil || !metadata.isEmpty else { return HTTP2Fields(okTrailers) }
        var fields = HTTP2Fields(head ? responseHead : nil)
        fields.append("grpc-status", String(error?.code.rawValue ?? 0))
        if let error {
            if !error.message.isEmpty { fields.append("grpc-message", PercentEncoding.encode(error.message)) }
            if !error.details.isEmpty, let status = error.serializedStatus() {
                fields.append("grpc-status-details-bin", Base64.encode(status, padded: false))
            }
            if let pushback { fields.append("grpc-retry-pushback-ms", pushback.wireValue) }
        }
        fields.append(metadata)
        return fields
    }
}

extension HTTP2Fields {
    /// Adds each entry, bytes as base64.
    mutating func append(_ metadata: Metadata) {
        for entry in metadata { append(entry.name, entry.value.wireValue) }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a list of codings, as `grpc-accept-encoding` has it, names gzip.
    var namesGzip: Bool {
        var start = 0
        while start < count {
            let end = self[start...].firstIndex(of: UInt8(ascii: ",")) ?? count
            while start < end, self[start] == 0x20 { start += 1 }
            var last = end
            while last > start, self[last - 1] == 0x20 { last -= 1 }
            if UnsafeRawBufferPointer(rebasing: self[start..<last]).equals("gzip") { return true }
            start = end + 1
        }
        return false
    }
}
