import Contracts
import Logging
import Observe
import Postgres
import RPC

/// Serves the contract.
struct ProfileService: ProfileServing {
    /// How long ago a client may have proved who it is for what cannot be undone.
    static let recent = Duration.seconds(600)

    let accounts: AccountStore
    let ledger: Ledger
    let passwords: PasswordHasher
    let photos: PhotoStore
    let departures: Departures
    let auth: AuthClient
    let logger: Logger
    /// Photos of a client, which cost much to decode.
    let uploads = SharedLimit<PostgresUUID>(SlidingLimit(5, in: .seconds(3600)))
    /// Passwords that are asked for inside of a session: who has stolen that must not try them out.
    let attempts = SharedLimit<PostgresUUID>(SlidingLimit(5, in: .seconds(600)))

    /// - Throws: PERMISSION_DENIED ("reauthentication-required").
    func requireRecentAuthentication(_ context: CallContext) throws(RPCError) {
        let age = context.authenticatedAt.map { $0.duration(to: .now()) }
        // A minute ahead is a clock that differs, more is not to be believed.
        guard let age, age <= Self.recent, age > .seconds(-60) else {
            throw RPCError(
                .permissionDenied,
                "this needs a login of the last ten minutes",
                reason: "reauthentication-required"
            )
        }
    }
}
