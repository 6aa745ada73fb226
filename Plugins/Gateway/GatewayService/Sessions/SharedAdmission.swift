import Contracts
import HTTP
import RPC
import Reactor

/// Lets in requests for what is the same for everybody, many together: those that ``AddressLimits``, ``SessionFilter`` and
/// ``AccountLimits`` would let through at once. Whose session is not known, who has no room or nothing left, and whoever can
/// be told only by asking is left to them.
struct SharedAdmission: RESTGate {
    private final class Ticket: RESTTicket {
        /// Its place among those being answered.
        let place: OccupancyGate.Place
        let quota: RESTQuota
        /// Of a closed route.
        let shown: KnownSessions.Shown?

        init(_ place: consuming OccupancyGate.Place, _ quota: RESTQuota, _ shown: KnownSessions.Shown?) {
            self.place = place
            self.quota = quota
            self.shown = shown
        }
    }

    let proxies: TrustedProxies
    let gate: OccupancyGate
    let limiter: RateLimiter
    let known: KnownSessions
    let cookies: CookieJar
    /// How long auth may take to say what has changed; the filters, who come after, have a patience of their own.
    var patience = Duration.seconds(1)

    func arrive(_ call: RESTCall, at now: MonotonicTime) -> (any RESTTicket)? {
        guard call.quota == .read else { return nil }
        let fields = call.head.fields
        var shown: KnownSessions.Shown?
        if case .session(let scope) = call.access {
            shown = known.shown(.read(fields, cookie: cookies.session), at: now)
            guard let shown, shown.session.scopes?.contains(scope) ?? true else { return nil }
        }
        let address = proxies.client(call.remote, fields).map(LimitSubject.init)
        guard let place = gate.place(address, isStream: false) else { return nil }
        return Ticket(place, call.quota, shown)
    }

    func prepare(_ access: RESTAccess, _ context: CallContext) async throws {
        guard access != .anybody else { return }
        try await known.update(context.waiting(patience))
    }

    func admit(_ ticket: any RESTTicket, at now: MonotonicTime) -> HTTPFields? {
        guard let ticket = ticket as? Ticket else { return nil }
        var account: LimitSubject?
        if let shown = ticket.shown {
            guard shown.isKnown(at: now) else { return nil }
            account = .account(shown.session.session.userID)
        }
        return limiter.passAtOnce(ticket.quota, ticket.place.address, account, at: now)
    }
}
