extension RPCError {
    /// What a peer is told of an error a handler threw.
    ///
    /// An `RPCError` stays as it is (one that says OK isn't an error, it becomes UNKNOWN), cancellation is CANCELLED, an
    /// error that is ``StatusConvertible`` is what it says, anything else is INTERNAL with nothing of the error in it: whoever maps it logs the original.
    public init(mapping error: any Error) {
        switch error {
        case let error as RPCError where error.code != .ok:
            self = error
        case is RPCError:
            self.init(.unknown, "the handler threw OK")
        case is CancellationError:
            self.init(.cancelled, "the call was cancelled")
        case let error as any StatusConvertible:
            self = error.status ?? RPCError(.internalError, "internal error")
        default:
            self.init(.internalError, "internal error")
        }
    }

    /// Whether `init(mapping:)` hides what this error says, so that a log is the only place left for it.
    public static func hides(_ error: any Error) -> Bool {
        if let convertible = error as? any StatusConvertible { return convertible.status == nil }
        return !(error is RPCError || error is CancellationError)
    }

    /// A deadline that has passed.
    public static var deadlineExceeded: RPCError {
        RPCError(.deadlineExceeded, "the deadline has passed")
    }
}
