internal import Deflate
internal import HTTP
internal import Observe
internal import Reactor

/// What the fields of a gRPC request say. Reads the block in one pass, without a string for the usual fields.
struct RPCRequestHead {
    /// What is wrong with the request as a whole.
    enum Fault {
        case method, contentType, encoding(String), timeout, metadata(String), oversized
    }

    private(set) var handler: MethodHandler?
    private(set) var path = ""
    private(set) var timeout: Duration?
    private(set) var metadata = Metadata()
    private(set) var trace: TraceContext?
    /// Messages may be flagged as compressed.
    private(set) var usesGzip = false
    /// The answer may be.
    private(set) var acceptsGzip = false
    private(set) var fault: Fault?

    init(_ block: borrowing HTTP2HeaderBlock, _ table: RPCServiceTable) {
        var isPost = false
        var isGRPC = false
        var traceparent: String?
        var tracestate: String?
        var handler: MethodHandler?
        var path = ""
        var timeout: Duration?
        var metadata = Metadata()
        var usesGzip = false
        var acceptsGzip = false
        var fault: Fault?
        block.forEach { name, value in
            switch name.count {
            case 2 where name.equals("te"): break
            case 5 where name.equals(":path"):
                handler = table.handler(at: value)
                if handler == nil { path = String(decoding: value, as: UTF8.self) }
            case 7 where name.equals(":method"): isPost = value.equals("POST")
            case 7 where name.equals(":scheme"): break
            case 10 where name.equals(":authority") || name.equals("user-agent"): break
            case 10 where name.equals("tracestate"): tracestate = String(decoding: value, as: UTF8.self)
            case 11 where name.equals("traceparent"): traceparent = String(decoding: value, as: UTF8.self)
            case 12 where name.equals("content-type"): isGRPC = Self.isGRPC(value)
            case 12 where name.equals("grpc-timeout"):
                timeout = GRPCTimeout.decode(value)
                if timeout == nil { fault = .timeout }
            case 13 where name.equals("grpc-encoding"):
                usesGzip = value.equals("gzip") && Inflater.problem == nil
                if !usesGzip, !value.equals("identity") { fault = .encoding(String(decoding: value, as: UTF8.self)) }
            case 14 where name.equals("content-length"): break
            case 20 where name.equals("grpc-accept-encoding"): acceptsGzip = value.namesGzip
            default:
                // What isn't text is passed over, as the protocol asks; bytes that can't be read are an error.
                let text = String(decoding: name, as: UTF8.self)
                if !text.hasPrefix("grpc-"), text != "host", !metadata.appendWire(name: text, value: value),
                    Metadata.isBinary(text)
                {
                    fault = .metadata(text)
                }
            }
        }
        if !isGRPC { fault = .contentType } else if !isPost { fault = .method }
        if block.isOversized { fault = .oversized }
        self.handler = handler
        self.path = path
        self.timeout = timeout
        self.metadata = metadata
        self.usesGzip = usesGzip
        self.acceptsGzip = acceptsGzip
        self.fault = fault
        trace = traceparent.flatMap { TraceContext(traceparent: $0, tracestate: tracestate) }
    }

    /// "application/grpc", also with "+proto" or parameters behind it.
    static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count >= 16, UnsafeRawBufferPointer(rebasing: value[..<16]).equals("application/grpc") else {
            return false
        }
        return value.count == 16 || value[16] == UInt8(ascii: "+") || value[16] == UInt8(ascii: ";")
    }
}

extension RPCRequestHead.Fault {
    /// The status to answer with; nil where plain HTTP answers.
    var error: RPCError? {
        switch self {
        case .method, .contentType: nil
        case .encoding(let name):
            RPCError(.unimplemented, "grpc-encoding \(name) is not supported, \(GRPCFields.acceptedEncodings) are")
        case .timeout: RPCError(.internalError, "grpc-timeout is malformed")
        case .metadata(let name): RPCError(.internalError, "metadata \(name) is malformed")
        case .oversized: RPCError(.resourceExhausted, "the request's header list is too large")
        }
    }
}
