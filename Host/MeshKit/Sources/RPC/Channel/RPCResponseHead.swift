internal import Digest
internal import HTTP

/// What a block of an answer's fields says: its head, its trailers, or both in one. A value without I/O.
struct RPCResponseHead {
    /// 100, 103 and the like: the head is still to come.
    let isInformational: Bool
    let isOversized: Bool
    /// Whether the call ends with this block, as a status says.
    let hasStatus: Bool
    /// Messages may be flagged as compressed.
    let usesGzip: Bool
    let pushback: RetryPushback?
    let metadata: Metadata
    private let httpStatus: Int?
    private let isGRPC: Bool
    private let encoding: String?
    private let code: RPCError.Code
    private let message: String
    private let details: [UInt8]?

    /// - Parameters:
    ///   - isFirst: no head has come yet.
    ///   - isEnd: nothing follows. A status that something follows is none.
    init(_ block: borrowing HTTP2HeaderBlock, isFirst: Bool, isEnd: Bool) {
        var httpStatus: Int?
        var isGRPC = false
        var code: RPCError.Code?
        var message = ""
        var details: [UInt8]?
        var encoding: String?
        var usesGzip = false
        var pushback: RetryPushback?
        var metadata = Metadata()
        block.forEach { name, value in
            if name.equals(":status") {
                httpStatus = Int(String(decoding: value, as: UTF8.self))
            } else if name.equals("content-type") {
                isGRPC = RPCRequestHead.isGRPC(value)
            } else if name.equals("grpc-status") {
                code = Self.code(value)
            } else if name.equals("grpc-message") {
                message = PercentEncoding.decode(value)
            } else if name.equals("grpc-status-details-bin") {
                details = Base64.decode(value)
            } else if name.equals("grpc-encoding") {
                usesGzip = value.equals("gzip")
                if !usesGzip, !value.equals("identity") { encoding = String(decoding: value, as: UTF8.self) }
            } else if name.equals("grpc-retry-pushback-ms") {
                pushback = RetryPushback(wire: value)
            } else {
                let text = String(decoding: name, as: UTF8.self)
                if !text.hasPrefix("grpc-") { _ = metadata.appendWire(name: text, value: value) }
            }
        }
        isInformational = isFirst && !isEnd && httpStatus.map { (100..<200).contains($0) } ?? false
        isOversized = block.isOversized
        hasStatus = code != nil && isEnd
        self.usesGzip = usesGzip
        self.pushback = pushback
        self.metadata = metadata
        self.httpStatus = httpStatus
        self.isGRPC = isGRPC
        self.encoding = encoding
        self.code = code ?? .unknown
        self.message = message
        self.details = details
    }

    /// Why this is no head of an answer; nil if it is one. Where there is a status, that is what counts, whatever HTTP says
    /// (http-grpc-status-mapping.md).
    var refusal: RPCError? {
        guard httpStatus == 200 && isGRPC || hasStatus else { return Self.error(httpStatus: httpStatus ?? 0) }
        return encoding.map { RPCError(.internalError, "the server answers with encoding \($0)") }
    }

    /// The status, if it is not OK.
    var error: RPCError? {
        guard hasStatus, code != .ok else { return nil }
        var error = RPCError(code, message)
        if let details { error.readDetails(fromStatus: details) }
        return error
    }

    /// Digits, in whose number there is a code: anything else is UNKNOWN.
    private static func code(_ value: UnsafeRawBufferPointer) -> RPCError.Code {
        guard (1...3).contains(value.count), value.allSatisfy({ (0x30...0x39).contains($0) }) else { return .unknown }
        return RPCError.Code(rawValue: value.reduce(0) { $0 * 10 + Int($1 - 0x30) }) ?? .unknown
    }

    /// The status for an answer that is not gRPC.
    private static func error(httpStatus: Int) -> RPCError {
        let code: RPCError.Code =
            switch httpStatus {
            case 400: .internalError
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .unimplemented
            case 429, 502, 503, 504: .unavailable
            default: .unknown
            }
        return RPCError(code, "the server answered with HTTP status \(httpStatus), not with gRPC")
    }
}
