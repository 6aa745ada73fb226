@testable import RPC
import Testing

@Suite struct LocalPipeStateTests {
    private typealias State = LocalPipeState<Int, String, String>

    @Test func fillsThenMakesWait() {
        var state = State(capacity: 2)
        #expect(state.push(1).isAccepted)
        #expect(state.push(2).isAccepted)
        guard case .full = state.push(3) else { return #expect(Bool(false)) }
        let ticket = state.ticket()
        guard case .full = state.wait("w", element: 3, ticket: ticket) else { return #expect(Bool(false)) }
        guard case .element(1, "w") = state.pull() else { return #expect(Bool(false)) }
        guard case .element(2, nil) = state.pull() else { return #expect(Bool(false)) }
        guard case .element(3, nil) = state.pull() else { return #expect(Bool(false)) }
        guard case .empty = state.pull() else { return #expect(Bool(false)) }
    }

    @Test func handsToAWaitingReader() {
        var state = State(capacity: 1)
        guard case .empty = state.wait("r") else { return #expect(Bool(false)) }
        guard case .failed = state.pull() else { return #expect(Bool(false), "a second reader is refused") }
        guard case .handed("r") = state.push(7) else { return #expect(Bool(false)) }
        guard case .empty = state.pull() else { return #expect(Bool(false)) }
    }

    @Test func finishLosesNothing() {
        var state = State(capacity: 1)
        _ = state.push(1)
        let ticket = state.ticket()
        _ = state.wait("w", element: 2, ticket: ticket)
        #expect(state.finish(nil).writers == ["w"])
        guard case .element(1, nil) = state.pull() else { return #expect(Bool(false)) }
        guard case .element(2, nil) = state.pull() else { return #expect(Bool(false)) }
        guard case .end = state.pull() else { return #expect(Bool(false)) }
        guard case .closed = state.push(3) else { return #expect(Bool(false)) }
        #expect(state.finish(CancellationError()).writers.isEmpty)
        guard case .end = state.pull() else { return #expect(Bool(false), "the first end counts") }
    }

    @Test func closeWakesWriters() {
        var state = State(capacity: 1)
        _ = state.push(1)
        _ = state.wait("w", element: 2, ticket: state.ticket())
        #expect(state.close(CallEnded()).writers == ["w"])
        guard case .closed(let error) = state.push(3) else { return #expect(Bool(false)) }
        #expect(error is CallEnded)
        guard case .failed = state.pull() else { return #expect(Bool(false)) }
    }

    @Test func waitersAreTakenOutOnce() {
        var state = State(capacity: 1)
        _ = state.wait("r")
        #expect(state.removeReader() == "r")
        #expect(state.removeReader() == nil)
        _ = state.push(1)
        let ticket = state.ticket()
        _ = state.wait("w", element: 2, ticket: ticket)
        #expect(state.removeWriter(ticket) == "w")
        #expect(state.removeWriter(ticket) == nil)
        guard case .element(1, nil) = state.pull() else { return #expect(Bool(false)) }
        guard case .empty = state.pull() else { return #expect(Bool(false)) }
    }

    @Test func ringKeepsOrderWhileItGrows() {
        var ring = Ring<Int>()
        var next = 0
        for value in 0..<100 {
            ring.append(value)
            if value % 3 == 2 {
                #expect(ring.popFirst() == next)
                next += 1
            }
        }
        while let value = ring.popFirst() {
            #expect(value == next)
            next += 1
        }
        #expect(next == 100)
    }
}

extension LocalPipeState.Push {
    var isAccepted: Bool {
        if case .accepted = self { true } else { false }
    }
}
