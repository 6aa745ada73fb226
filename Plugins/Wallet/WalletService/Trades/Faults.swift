import Config
import Glibc
import Synchronization

/// A line between two steps of a trade at which a process may die: the reference's crash points, as far as there are such
/// lines here, and those of the loops. C9 and C10 are of an outbox, which there is none of: events are read from the
/// orders themselves. C12's hold does not expire by itself; what expires is the order.
enum FaultPoint: String, Sendable, CaseIterable {
    /// C1: the request is read.
    case received
    /// C2: the request is checked, nothing is stored.
    case checked
    /// C3: the order is stored, nothing is kept.
    case placed
    /// C4: cash is kept, and nobody knows.
    case reserved
    /// C5: that it is kept is stored; the brokerage was not asked.
    case held
    /// C6: the brokerage has filled the order, and nobody knows.
    case executed
    /// C7: the fill and its shares are stored, as one transaction; the cash is not moved.
    case booked
    /// C8: the cash is moved, and nobody knows.
    case settled
    /// C11: all is stored; the client was not answered.
    case done
    /// C12: the day of a waiting order is over, and nothing says so.
    case expiring
    /// C12: that it is over is stored; its cash is not given back.
    case expired
    /// C13: a client takes an order back, and nothing says so.
    case cancelling
    /// C13: that it is taken back is stored; its cash is not given back.
    case cancelled
    /// C14: orders that a crash left are this process's, and nothing was done for them.
    case taken

    /// Those that an order comes to which is placed and filled at once.
    static let ofPlacing: [FaultPoint] = [
        .received, .checked, .placed, .reserved, .held, .executed, .booked, .settled, .done,
    ]
}

/// What tests put between the steps of a trade. Empty in a release build: then there is no hook at all.
struct Faults: Sendable {
    #if DEBUG
    /// Called at each point; what it throws ends the work there, as a crash would.
    var strike: (@Sendable (FaultPoint) async throws -> Void)?
    #endif

    func reach(_ point: FaultPoint) async throws {
        #if DEBUG
        try await strike?(point)
        #endif
    }
}

extension Faults {
    /// In a debug build `wallet.fault`, for tests that kill processes.
    static var settings: [Setting] {
        #if DEBUG
        [.string(key, "Debug builds only: \"executed:3\" kills this process as it comes to that point the third time")]
        #else
        []
        #endif
    }

    private static let key = "wallet.fault"

    /// Those of the configuration.
    /// - Throws: a `ConfigurationError` for a point that there is not.
    static func configured(_ settings: Settings) throws -> Faults {
        #if DEBUG
        guard let text = settings.snapshot.optionalString(key) else { return Faults() }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let point = FaultPoint(rawValue: String(parts[0])), let count = Int(parts[1]), count > 0
        else {
            let points = FaultPoint.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(
                invalid: key,
                "\(key) = \"\(text)\": write a point and a number, as executed:3; the points are \(points)"
            )
        }
        let countdown = Countdown(count)
        return Faults(strike: { if $0 == point, countdown.ends() { kill(getpid(), SIGKILL) } })
        #else
        return Faults()
        #endif
    }

    #if DEBUG
    private final class Countdown: Sendable {
        private let left: Atomic<Int>

        init(_ count: Int) { left = Atomic(count) }

        func ends() -> Bool { left.subtract(1, ordering: .relaxed).newValue == 0 }
    }
    #endif
}
