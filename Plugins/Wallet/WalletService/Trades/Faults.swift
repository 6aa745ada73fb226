/// A line between two steps of a trade at which a process may die: the reference's C3 to C8, and both loops.
enum FaultPoint: String, Sendable, CaseIterable {
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
