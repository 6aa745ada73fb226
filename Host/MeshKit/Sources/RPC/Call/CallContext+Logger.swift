public import Logging
import Observe

extension CallContext {
    // A global, so that a call that logs nothing pays nothing.
    private static let base = Logger(label: "lonja.call")

    /// Whether the log wants a record of each call. Asked once, as every call needs to know.
    static let logsCalls = base.logLevel <= .debug

    /// A short name for the request in logs and answers: the first half of the trace id, 16 hexadecimal digits. The
    /// same in every process the request passes.
    public var requestID: String {
        String(trace.traceID.description.prefix(16))
    }

    /// A logger that names the request and its trace. Made on each use: keep it in a constant to log more than once.
    public var logger: Logger {
        var logger = Self.base
        logger[metadataKey: "request"] = .string(requestID)
        logger[metadataKey: "trace"] = .string(trace.traceID.description)
        return logger
    }
}
