import Digest
import Observe
import Reactor
import Valkey

/// Counts what may be done only so often, for all replicas, in Valkey.
struct AttemptLimiter: Sendable {
    let store: ValkeyClient
    let now: @Sendable () -> WallTime
    var backoff = AttemptBackoff()

    /// What is counted in windows.
    struct Rate: Sendable {
        let key: String
        let windows: RateWindows

        static func mails(to place: String) -> Rate {
            Rate(key: "auth:rate:mail:to:\(place)", windows: .mailsToAddress)
        }
        static func sameMails(_ purpose: CodePurpose, to place: String) -> Rate {
            Rate(key: "auth:rate:mail:\(purpose.word):\(place)", windows: .sameMails)
        }
        static func mails(from network: ClientNetwork) -> Rate {
            Rate(key: "auth:rate:mail:from:\(network.text)", windows: .mailsFromNetwork)
        }
        static func passwords(from network: ClientNetwork) -> Rate {
            Rate(key: "auth:rate:password:\(network.text)", windows: .triesFromNetwork)
        }
        static func codes(from network: ClientNetwork) -> Rate {
            Rate(key: "auth:rate:code:\(network.text)", windows: .triesFromNetwork)
        }
    }

    /// One that was counted, to take it back.
    struct Counted: Sendable {
        let key: String
        let member: String
    }

    enum Answer: Sendable {
        case counted(Counted)
        case wait(Duration)
    }

    /// Counts one more, or says how long to wait.
    func count(_ rate: Rate, by deadline: MonotonicTime?) async throws(ValkeyError) -> Answer {
        let member = Base64URL.encode([UInt8].random(9))
        var arguments: [any ValkeyArgument] = [now().milliseconds, member]
        for window in rate.windows.windows {
            arguments += [window.most, window.span.milliseconds] as [any ValkeyArgument]
        }
        let wait = try await store.run(
            LimitScripts.window,
            keys: [rate.key],
            arguments: arguments,
            deadline: deadline
        ).integer()
        return wait > 0 ? .wait(.milliseconds(wait)) : .counted(Counted(key: rate.key, member: member))
    }

    /// Takes one back that was none.
    func takeBack(_ counted: Counted, by deadline: MonotonicTime?) async throws(ValkeyError) {
        _ = try await store.zrem(counted.key, [counted.member], deadline: deadline)
    }

    /// Begins a try of a secret: nil, or how long to wait. It counts as a failure until `succeeded` or `takeBackTry`.
    func tryBegins(_ what: String, by deadline: MonotonicTime?) async throws(ValkeyError) -> Duration? {
        let waits = backoff.waits.map { $0.milliseconds as any ValkeyArgument }
        let wait = try await store.run(
            LimitScripts.backoff,
            keys: [Self.failures(what)],
            arguments: [now().milliseconds, backoff.memory.milliseconds] + waits,
            deadline: deadline
        ).integer()
        return wait > 0 ? .milliseconds(wait) : nil
    }

    /// The secret was right: nothing counts any more.
    func succeeded(_ what: String, by deadline: MonotonicTime?) async throws(ValkeyError) {
        _ = try await store.del([Self.failures(what)], deadline: deadline)
    }

    /// Nobody could say whether it was right.
    func takeBackTry(_ what: String, by deadline: MonotonicTime?) async throws(ValkeyError) {
        _ = try await store.run(LimitScripts.takeBack, keys: [Self.failures(what)], deadline: deadline)
    }

    private static func failures(_ what: String) -> String { "auth:failures:\(what)" }
}
