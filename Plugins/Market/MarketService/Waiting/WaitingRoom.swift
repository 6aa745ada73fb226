import Synchronization

/// Tasks that wait to be called. Any thread; who is cancelled leaves by itself.
final class WaitingRoom: Sendable {
    private enum Seat {
        /// Given out; nobody sits there yet.
        case empty
        case taken(CheckedContinuation<Void, Never>)
        /// Called before anybody sat down.
        case called
    }

    private struct State {
        var next = 0
        var seats: [Int: Seat] = [:]
    }

    private let state = Mutex(State())

    /// A number to be called by; `wait` must follow.
    func number() -> Int {
        state.withLock { state in
            state.next += 1
            state.seats[state.next] = .empty
            return state.next
        }
    }

    /// Waits until the number is called, or the task is cancelled.
    func wait(_ number: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCalled = state.withLock { state in
                    if case .empty = state.seats[number] {
                        state.seats[number] = .taken(continuation)
                        return false
                    }
                    state.seats[number] = nil
                    return true
                }
                if isCalled { continuation.resume() }
            }
        } onCancel: {
            call([number])
        }
    }

    /// Calls numbers; those that left are passed over.
    func call(_ numbers: [Int]) {
        guard !numbers.isEmpty else { return }
        let waiting = state.withLock { state in
            numbers.compactMap { number -> CheckedContinuation<Void, Never>? in
                switch state.seats[number] {
                case .taken(let continuation):
                    state.seats[number] = nil
                    return continuation
                case .empty:
                    state.seats[number] = .called
                    return nil
                case .called, nil:
                    return nil
                }
            }
        }
        for continuation in waiting { continuation.resume() }
    }
}
