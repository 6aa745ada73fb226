import Synchronization

/// Runs what a driver does under a time limit that holds even against a driver that ignores cancellation.
enum DriverDeadline {
    /// Not done in time.
    struct Exceeded: Error, CustomStringConvertible {
        let limit: Duration
        var description: String { "no answer within \(limit)" }
    }

    /// Runs `body`, cancels it after `limit`, and gives it up another second later.
    ///
    /// The two tasks are not structured, since a group would wait for a child that never ends: with it a broken driver
    /// would hold its slot for ever. What is given up here is that driver's own loss; all others end before this returns.
    static func run(
        _ limit: Duration,
        pause: @escaping @Sendable (Duration) async throws -> Void,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let race = Race()
        let work = Task {
            do {
                try await body()
                race.finish(.success(()))
            } catch {
                race.finish(.failure(error))
            }
        }
        let watch = Task {
            try await pause(limit)
            race.expire(Exceeded(limit: limit))
            work.cancel()
            try await pause(.seconds(1))
            race.finish(.failure(Exceeded(limit: limit)))
        }
        defer { watch.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { race.wait($0) }
        } onCancel: {
            work.cancel()
        }
    }

    /// Who is first tells how it ended.
    private final class Race: Sendable {
        private enum State {
            case running
            case waiting(CheckedContinuation<Void, any Error>)
            case done(Result<Void, any Error>)
        }
        private let state = Mutex((value: State.running, expired: Exceeded?.none))

        /// The time is over: whatever comes now, it is why.
        func expire(_ error: Exceeded) { state.withLock { $0.expired = error } }

        func finish(_ result: Result<Void, any Error>) {
            let waiting = state.withLock { state -> (CheckedContinuation<Void, any Error>, Result<Void, any Error>)? in
                let result: Result<Void, any Error> = state.expired.map { .failure($0) } ?? result
                switch state.value {
                case .running:
                    state.value = .done(result)
                    return nil
                case .waiting(let continuation):
                    state.value = .done(result)
                    return (continuation, result)
                case .done:
                    return nil
                }
            }
            if let (continuation, result) = waiting { continuation.resume(with: result) }
        }

        func wait(_ continuation: CheckedContinuation<Void, any Error>) {
            let result = state.withLock { state -> Result<Void, any Error>? in
                if case .done(let result) = state.value { return result }
                state.value = .waiting(continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
