import Testing

@testable import RPC

@Suite struct LocalPipeStateTests {
    private typealias State = LocalPipeState<Int, String, String>

    @Test func fillsThenMakesWait() {
        var state = State(capacity: 2)
        let accepted1 = state.push(1).isAccepted
        #expect(accepted1)
        let accepted2 = state.push(2).isAccepted
        #expect(accepted2)
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
        let result1 = state.finish(nil).writers
        #expect(result1 == ["w"])
        guard case .element(1, nil) = state.pull() else { return #expect(Bool(false)) }
        guard case .element(2, nil) = state.pull() else { return #expect(Bool(false)) }
        guard case .end = state.pull() else { return #expect(Bool(false)) }
        guard case .closed = state.push(3) else { return #expect(Bool(false)) }
        let result2 = state.finish(CancellationError()).writers.isEmpty
        #expect(result2)
        guard case .end = state.pull() else { return #expect(Bool(false), "the first end counts") }
    }

    @Test func closeWakesWriters() {
        var state = State(capacity: 1)
        _ = state.push(1)
        _ = state.wait("w", element: 2, ticket: state.ticket())
        let result3 = state.close(CallEnded()).writers
        #expect(result3 == ["w"])
        guard case .closed(let error) = state.push(3) else { return #expect(Bool(false)) }
        #expect(error is CallEnded)
        guard case .failed = state.pull() else { return #expect(Bool(false)) }
    }

    @Test func waitersAreTakenOutOnce() {
        var state = State(capacity: 1)
        _ = state.wait("r")
        let result4 = state.removeReader()
        #expect(result4 == "r")
        let result5 = state.removeReader()
        #expect(result5 == nil)
        _ = state.push(1)
        let ticket = state.ticket()
        _ = state.wait("w", element: 2, ticket: ticket)
        let result6 = state.removeWriter(ticket)
        #expect(result6 == "w")
        let result7 = state.removeWriter(ticket)
        #expect(result7 == nil)
        guard case .element(1, nil) = state.pull() else { return #expect(Bool(false)) }
        guard case .empty = state.pull() else { return #expect(Bool(false)) }
    }

    @Test func ringKeepsOrderWhileItGrows() {
        var ring = Ring<Int>()
        var next = 0
        for value in 0..<100 {
            ring.append(value)
            if value % 3 == 2 {
                let popped = ring.popFirst()
                #expect(popped == next)
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
