/// What callers repeat, through one client. On its loop.
package protocol Workload: Sendable {
    /// How many requests one step is.
    var requestsPerStep: Int { get }

    /// What must be there before the load; not measured.
    func prepare() async throws

    /// One step, awaited to its end; its answer is checked.
    func step(_ dice: inout Dice) async throws

    /// Closes the client.
    func close()
}
