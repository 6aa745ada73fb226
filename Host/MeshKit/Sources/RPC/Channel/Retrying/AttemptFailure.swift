internal import Reactor

/// What an attempt of a call that failed leaves open, for whoever decides about another one.
enum AttemptFailure: Equatable {
    /// No server has seen it: it was refused, or never sent.
    case unseen
    /// The connection went away before anything came back: nobody knows whether the server saw it.
    case lost
    /// The server says so, before any message.
    case answered(RPCError.Code, RetryPushback?)
    /// Nothing more can be done about it.
    case final

    /// Whether another attempt may have more luck, if the method allows one.
    var isRepeatable: Bool {
        switch self {
        case .unseen, .lost: true
        case .answered(.unavailable, let pushback): pushback != .never
        // Whoever has too much to do is not asked again, unless that is what he says.
        case .answered(.resourceExhausted, .after): true
        case .answered, .final: false
        }
    }
}
