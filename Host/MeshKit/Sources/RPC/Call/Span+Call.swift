import Observe

extension Span {
    /// The span of one side of a call: `Recv.lonja.market.v1.Market.GetQuote` (gRFC A72).
    static func ofCall(
        _ side: String,
        _ method: RPCMethod,
        _ trace: TraceContext,
        _ kind: Kind,
        _ code: RPCError.Code,
        _ nanoseconds: UInt64,
        isLocal: Bool
    ) -> Span {
        // The message of a status may hold more than may be shown here; its code does not.
        let isFault = kind == .server ? code.isServersFault : code != .ok
        return Span(
            trace,
            "\(side).\(method.service).\(method.name)",
            kind,
            nanoseconds: nanoseconds,
            fault: isFault ? code.description : nil,
            [
                ("rpc.system", .text("grpc")), ("rpc.service", .text(method.service)),
                ("rpc.method", .text(method.name)), ("rpc.grpc.status_code", .number(code.rawValue)),
                ("lonja.local", .truth(isLocal)),
            ]
        )
    }
}

extension RPCError.Code {
    /// Whether a server that ends a call so has failed itself (OpenTelemetry's conventions for RPC); of others it has
    /// done what was right.
    var isServersFault: Bool {
        [.unknown, .deadlineExceeded, .unimplemented, .internalError, .unavailable, .dataLoss].contains(self)
    }
}
