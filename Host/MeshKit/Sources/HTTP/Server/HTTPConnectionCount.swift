internal import Synchronization

/// Counts a server's connections over all loops and keeps them under their limits.
package final class HTTPConnectionCount: Sendable {
    /// What became of a connection that wants in.
    package enum Entry: Sendable {
        case counted
        /// One too many in all.
        case full
        /// One too many of its address.
        case addressFull
    }

    private struct State {
        var total = 0
        var perAddress: [[UInt8]: Int] = [:]
        var whenEmpty: [@Sendable () -> Void] = []
    }
    private let state = Mutex(State())
    private let maximum: Int
    private let maximumPerAddress: Int

    package init(maximum: Int, maximumPerAddress: Int) {
        self.maximum = maximum
        self.maximumPerAddress = maximumPerAddress
    }

    var total: Int { state.withLock { $0.total } }

    /// Counts a connection in, if it is not one too many. An empty address (a unix socket) has no limit of its own.
    package func enter(_ address: [UInt8]) -> Entry {
        state.withLock { state in
            let same = address.isEmpty ? 0 : state.perAddress[address] ?? 0
            guard state.total < maximum else { return .full }
            guard same < maximumPerAddress else { return .addressFull }
            state.total += 1
            if !address.isEmpty { state.perAddress[address] = same + 1 }
            return .counted
        }
    }

    /// Counts a connection out.
    package func leave(_ address: [UInt8]) {
        let actions = state.withLock { state -> [@Sendable () -> Void] in
            state.total -= 1
            if let same = state.perAddress[address] { state.perAddress[address] = same > 1 ? same - 1 : nil }
            guard state.total == 0 else { return [] }
            defer { state.whenEmpty = [] }
            return state.whenEmpty
        }
        for action in actions { action() }
    }

    /// Calls `action` once, as soon as there are no connections.
    func whenEmpty(_ action: @escaping @Sendable () -> Void) {
        let isEmpty = state.withLock { state in
            if state.total > 0 { state.whenEmpty.append(action) }
            return state.total == 0
        }
        if isEmpty { action() }
    }
}
