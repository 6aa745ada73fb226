import Contracts
import HTTP
import RPC

/// Lets in requests for what is the same for everybody, many together: those that ``AddressLimits``, ``SessionFilter`` and
/// ``AccountLimits`` would let through at once. Whose session is not known, who has no room or nothing left, and whoever can
/// be told only by asking is left to them.
struct SharedAdmission: RESTGate {
    private final class Ticket: RESTTicket {
        /// Its place among those being answered.
        let permit: OccupancyGate.Permit
        let address: LimitSubject?
        let credential: Credential

        init(_ permit: OccupancyGate.Permit, _ address: LimitSubject?, _ credential: Credential) {
            self.permit = permit
            self.address = address
            self.credential = credential
        }
    }

    let proxies: TrustedProxies
    let gate: OccupancyGate
    let limiter: RateLimiter
    let known: KnownSessions
    let cookies: CookieJar
    /// How long auth may take to say what has changed; the filters, who come after, have a patience of their own.
    var patience = Duration.seconds(1)

    func arrive(_ call: RESTCall) -> (any RESTTicket)? {
        guard call.quota == .read else { return nil }
        let fields = call.head.fields
        var credential = Credential.none
        if call.access != .anybody {
            credential = .read(fields, cookie: cookies.session)
            guard known.session(credential) != nil else { return nil }
        }
        let address = proxies.client(call.remote, fields).map(LimitSubject.init)
        guard let permit = try? gate.enter(address, isStream: false) else { return nil }
        return Ticket(permit, address, credential)
    }

    func prepare(_ access: RESTAccess, _ context: CallContext) async throws {
        guard access != .anybody else { return }
        try await known.update(context.waiting(patience))
    }

    func admit(_ ticket: any RESTTicket, _ call: RESTCall) -> HTTPFields? {
        guard let ticket = ticket as? Ticket else { return nil }
        var account: LimitSubject?
        if case .session(let scope) = call.access {
            guard let session = known.session(ticket.credential), session.scopes?.contains(scope) ?? true else {
                return nil
            }
            account = .account(session.session.userID)
        }
        return limiter.passAtOnce(call.quota, ticket.address, account)
    }
}
