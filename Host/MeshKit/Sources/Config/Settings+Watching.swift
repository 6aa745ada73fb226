public import Logging
public import Reactor
import Synchronization

extension Settings {
    /// What a look at the sources found.
    public enum Outcome: Sendable {
        /// No file changed.
        case unchanged
        /// Files changed; the new configuration holds. Nil if no value differs.
        case changed(SettingsChange?)
        /// Files changed and are refused; the old configuration still holds. Told once for each change.
        case rejected(ConfigurationError)
    }

    /// How often the files are looked at.
    public static let pollInterval = Duration.seconds(2)

    /// Looks at the files once; if they changed, checks all of it and then lets it hold. Blocks on files.
    public func checkForChanges() -> Outcome {
        reloading.withLock { _ in
            let now = sources.stamp()
            let (schema, generation, known, rejected) = state.withLock {
                ($0.schema, $0.snapshot.generation, $0.stamp, $0.rejected)
            }
            if now == known {
                state.withLock { $0.rejected = nil }
                return .unchanged
            }
            guard now != rejected else { return .unchanged }
            do throws(ConfigurationError) {
                let snapshot = try sources.load(schema, generation: generation)
                return .changed(publish(snapshot, stamp: now))
            } catch {
                state.withLock { $0.rejected = now }
                return .rejected(error)
            }
        }
    }

    /// Looks at the files once every `interval` until its task is cancelled; what it finds goes to the log and `changes()`.
    ///
    /// Waits on a loop of `group`, reads on its blocking pool.
    public func run(
        on group: EventLoopGroup,
        logger: Logger,
        interval: Duration = Settings.pollInterval
    ) async throws {
        let loop = group.next()
        while true {
            try await loop.run { try await loop.sleep(for: interval) }
            switch try await group.blocking.run({ self.checkForChanges() }) {
            case .unchanged, .changed(nil):
                continue
            case .changed(let change?):
                logger.info(
                    "configuration changed",
                    metadata: [
                        "generation": "\(change.generation)",
                        "keys": "\(change.keys.sorted().joined(separator: ", "))",
                    ]
                )
            case .rejected(let error):
                for problem in error.problems {
                    logger.error(
                        "configuration change refused, the old one still holds",
                        metadata: ["code": "\(problem.code)", "problem": "\(problem)"]
                    )
                }
            }
        }
    }
}
