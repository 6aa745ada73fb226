/// What the end of a call says of the endpoint that answered it.
enum CallVerdict: Equatable {
    /// Nothing: it was cancelled, or never sent.
    case nothing
    /// It does its work. Errors in what was asked are answers too.
    case good
    /// It has too much to do.
    case overloaded
    /// It cannot do its work.
    case failed

    /// What a status says.
    init(_ code: RPCError.Code) {
        switch code {
        case .unavailable, .internalError, .unknown, .dataLoss, .deadlineExceeded: self = .failed
        case .resourceExhausted: self = .overloaded
        case .cancelled: self = .nothing
        default: self = .good
        }
    }
}
