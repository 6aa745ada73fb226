import Observe
import Reactor

/// The clocks of the service, so that tests have their own.
struct Times: Sendable {
    /// The time of day: prices have it.
    let now: @Sendable () -> WallTime
    /// The time that only goes forward: everything that lasts so long has it.
    let uptime: @Sendable () -> MonotonicTime
    /// Lets the calling task wait; throws when it is cancelled.
    let pause: @Sendable (Duration) async throws -> Void

    /// Those of the machine; waiting is done on a loop.
    static func real(_ loops: EventLoopGroup) -> Times {
        Times(now: WallTime.now, uptime: MonotonicTime.now) { time in
            if let loop = EventLoop.current { return try await loop.sleep(for: time) }
            let loop = loops.next()
            try await loop.run { try await loop.sleep(for: time) }
        }
    }
}
