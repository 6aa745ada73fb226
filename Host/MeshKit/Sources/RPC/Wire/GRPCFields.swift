internal import Digest
internal import HTTP

/// The constant blocks of gRPC over HTTP/2.
enum GRPCFields {
    static let responseHead = HTTP2ConstantFields([(":status", "200"), ("content-type", "application/grpc")])
    static let okTrailers = HTTP2ConstantFields([("grpc-status", "0")])

    /// The status of a call that has failed; with `head` as a trailers-only answer.
    static func trailers(_ error: RPCError?, _ metadata: Metadata, head: Bool) -> HTTP2Fields {
        guard head || error != nil || !metadata.isEmpty else { return HTTP2Fields(okTrailers) }
        var fields = HTTP2Fields(head ? responseHead : nil)
        fields.append("grpc-status", String(error?.code.rawValue ?? 0))
        if let error {
            if !error.message.isEmpty { fields.append("grpc-message", PercentEncoding.encode(error.message)) }
            if !error.details.isEmpty, let status = error.serializedStatus() {
                fields.append("grpc-status-details-bin", Base64.encode(status, padded: false))
            }
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
