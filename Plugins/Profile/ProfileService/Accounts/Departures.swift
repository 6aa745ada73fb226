import Contracts
import Logging
import Postgres
import RPC

/// Takes away what a removed account has outside of the database. The removal itself is committed first, with a note: who
/// asked for it is gone whatever happens next. Then the photo goes, then the sessions, then the note; each step may be
/// done twice, so a crash between any two of them is made good by whoever finds the note.
struct Departures: Sendable {
    let accounts: AccountStore
    let photos: PhotoStore
    let auth: AuthClient
    let logger: Logger

    /// Finishes one removal.
    func finish(_ id: PostgresUUID, _ context: CallContext) async throws {
        try await photos.remove(id)
        var request = AuthForgetClientRequest()
        request.userID = id.description
        _ = try await auth.forgetClient(request, context)
        try await accounts.depart(id, by: context.deadline)
    }

    /// Finishes what was left, one after the other; one that fails holds up no other.
    func recover() async {
        do {
            let found = try await accounts.departures(by: CallContext.root(timeout: .seconds(5)).deadline)
            for id in found {
                do {
                    try await finish(id, CallContext.root(timeout: .seconds(5)))
                } catch {
                    logger.warning(
                        "a removed client's photo or sessions are still there",
                        metadata: ["error": "\(error)"]
                    )
                }
            }
        } catch {
            logger.debug("removed clients cannot be looked for", metadata: ["error": "\(error)"])
        }
    }
}
