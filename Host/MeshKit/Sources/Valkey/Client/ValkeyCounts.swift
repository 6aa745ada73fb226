internal import Observe

/// What one loop's part of a client has done and has to do: see `ValkeyMetrics`.
struct ValkeyCounts: Sendable {
    let connections = LoopCount()
    let connects = LoopCount()
    let inFlight = LoopCount()
    let waiting = LoopCount()
    let commands = LoopCount()
    let timeouts = LoopCount()
}
