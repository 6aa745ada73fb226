import Contracts
import RPC
import Reactor
import Synchronization

/// The sessions that this process knows, one memory for each loop: of all requests that show a known session at the same
/// time one asks auth, and only whether anything has changed.
///
/// As exact as verifying each: the question goes out after the sessions were shown, and where it is not answered each of
/// them is verified.
final class KnownSessions: Sendable {
    fileprivate final class Shard: Sendable {
        let memory = Mutex(SessionMemory())
        let questions = SharedCalls<Int, Bool>()
    }

    /// A session that a request has shown.
    struct Shown: Sendable {
        private let shown: SessionMemory.Shown
        /// Whose memory knows it.
        private let shard: Shard

        var session: VerifiedSession { shown.session }

        fileprivate init(_ shown: SessionMemory.Shown, _ shard: Shard) {
            self.shown = shown
            self.shard = shard
        }

        /// Whether it is still what is known, as of the last ``KnownSessions/update(_:)``.
        func isKnown(at now: MonotonicTime) -> Bool { shard.memory.withLock { $0.knows(shown, now) } }
    }

    private let auth: AuthClient
    private let loops: EventLoopGroup
    private let shards: [Shard]

    init(auth: AuthClient, loops: EventLoopGroup) {
        self.auth = auth
        self.loops = loops
        shards = loops.loops.map { _ in Shard() }
    }

    /// The session that a request shows; nil for one that has to be verified.
    func session(_ credential: Credential, _ context: CallContext) async throws -> VerifiedSession? {
        guard let shown = shown(credential, at: .now()) else { return nil }
        do {
            try await update(context)
        } catch let error as CancellationError {
            throw error
        } catch {
            return nil
        }
        return shown.isKnown(at: .now()) ? shown.session : nil
    }

    /// The session that a request shows, as far as was known at the last ``update(_:)``.
    func shown(_ credential: Credential, at now: MonotonicTime) -> Shown? {
        let shard = shard
        guard let token = credential.token, let shown = shard.memory.withLock({ $0.session(token, now) }) else {
            return nil
        }
        // What is right as a cookie is none as a key.
        let isKey = if case .bearer = credential { true } else { false }
        return (shown.session.scopes != nil) == isKey ? Shown(shown, shard) : nil
    }

    /// Auth has verified a session, after `begun`.
    func remember(_ session: VerifiedSession, of answer: AuthVerifySessionResponse, since begun: MonotonicTime) {
        guard answer.newToken.isEmpty, answer.holdsMilliseconds > 0 else { return }
        let until = begun.advanced(by: .milliseconds(answer.holdsMilliseconds))
        shard.memory.withLock { $0.remember(session.token, session, from: answer.position, until: until) }
    }

    /// Learns what has changed up to now, together with whoever else asks on this loop.
    /// - Throws: what auth answers instead.
    func update(_ context: CallContext) async throws {
        let shard = shard
        _ = try await shard.questions.value(0) { [auth] in
            var request = AuthListSessionChangesRequest()
            request.since = shard.memory.withLock { $0.position }
            var context = context
            context.outgoing = Metadata()
            let answer = try await auth.listSessionChanges(request, context)
            shard.memory.withLock {
                $0.learn(
                    answer.position,
                    changed: answer.userIds,
                    since: answer.incomplete ? nil : request.since
                )
            }
            return true
        }
    }

    /// That of the caller's loop.
    private var shard: Shard {
        guard let loop = EventLoop.current, loop.index < shards.count, loops.loops[loop.index] === loop else {
            return shards[0]
        }
        return shards[loop.index]
    }
}
