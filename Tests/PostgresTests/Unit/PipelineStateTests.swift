import Testing

@testable import Postgres

@Suite
struct PipelineStateTests {
    /// What an output says, short enough to compare.
    private func name(_ output: PipelineState<Int>.Output) -> String {
        switch output {
        case .nothing: "-"
        case .prepared(let request): "prepared \(request)"
        case .result(let request): "result \(request)"
        case .row(let request): "row \(request)"
        case .failed(let request, let step): "failed \(request) \(step.rawValue)"
        case .finished(let request): "finished \(request)"
        case .violation: "violation"
        }
    }

    private func play(_ state: inout PipelineState<Int>, _ answers: [PipelineAnswer]) -> [String] {
        answers.map { name(state.received($0)) }
    }

    @Test
    func answersGoToTheirGroupsInOrder() {
        var state = PipelineState<Int>()
        #expect(state.sent(1, .execute) == 1)
        #expect(state.sent(2, [.prepare, .execute]) == 2)
        let outputs = play(&state, [.rows, .end, .sync, .done, .end, .rows, .end, .sync])
        #expect(
            outputs == ["result 1", "-", "finished 1", "prepared 2", "-", "result 2", "-", "finished 2"]
        )
        #expect(state.isEmpty == true)
    }

    @Test
    func anErrorSkipsItsOwnGroupOnly() {
        var state = PipelineState<Int>()
        _ = state.sent(1, [.prelude, .prepare, .execute])
        _ = state.sent(2, .execute)
        let outputs = play(&state, [.failed, .end, .aborted, .end, .aborted, .end, .sync, .rows, .end, .sync])
        #expect(outputs == ["failed 1 1", "-", "-", "-", "-", "-", "finished 1", "result 2", "-", "finished 2"])
    }

    @Test
    func aRequestOfSeveralStatementsIsOverWithTheLast() {
        var state = PipelineState<Int>()
        #expect(state.sent(1, [.prelude, .execute]) == 1)
        state.sentMore([.prepare, .execute])
        #expect(state.sent(2, .execute) == 2)
        let outputs = play(&state, [.done, .end, .rows, .end, .done, .end])
        #expect(outputs == ["-", "-", "result 1", "-", "prepared 1", "-"])
        #expect(state.statementNumber == 1)
        #expect(state.headNumber == 1)
        #expect(play(&state, [.done, .end, .sync, .rows]) == ["result 1", "-", "finished 1", "result 2"])
        #expect(state.statementNumber == 2)
    }

    @Test
    func anErrorSkipsTheOtherStatementsOfItsRequest() {
        var state = PipelineState<Int>()
        _ = state.sent(1, .execute, sharesSync: true)
        state.sentMore(.execute)
        _ = state.sent(2, .execute, sharesSync: true)
        state.syncSent()
        let outputs = play(&state, [.failed, .end, .aborted, .end, .aborted, .end, .sync])
        #expect(outputs == ["failed 1 4", "-", "-", "-", "-", "-", "finished 1"])
        #expect(state.hasFailed == true)
        #expect(state.nextFinished() == 2)
        #expect(state.isEmpty == true)
    }

    @Test
    func anErrorAtTheSyncBelongsToItsGroup() {
        var state = PipelineState<Int>()
        _ = state.sent(1, .execute)
        #expect(
            play(&state, [.done, .end, .failed, .end, .sync]) == ["result 1", "-", "failed 1 0", "-", "finished 1"]
        )
    }

    @Test
    func rowsComeOneByOneAndEndWithTheResult() {
        var state = PipelineState<Int>()
        _ = state.sent(7, .execute)
        #expect(play(&state, [.row, .row, .rows, .end, .sync]) == ["row 7", "row 7", "result 7", "-", "finished 7"])
    }

    @Test
    func onlyTheHeadIsWorthACancelRequest() {
        var state = PipelineState<Int>()
        let first = state.sent(1, .execute)
        let second = state.sent(2, .execute)
        #expect(state.abandon(second) == false)
        #expect(state.isHeadAbandoned == false)
        _ = play(&state, [.rows, .end, .sync])
        #expect(state.isHeadAbandoned && state.head == 2)
        #expect(state.abandon(second) == true)
        #expect(state.abandon(first) == false, "it is over")
        #expect(state.abandon(99) == false)
    }

    @Test
    func whatDoesNotFitIsAViolation() {
        var state = PipelineState<Int>()
        #expect(play(&state, [.end, .rows]) == ["-", "violation"])
        _ = state.sent(1, .execute)
        #expect(play(&state, [.sync, .end, .other]) == ["violation", "violation", "violation"])
    }

    /// The requests that a Sync ended, beside the first.
    private func rest(_ state: inout PipelineState<Int>) -> [Int] {
        var requests: [Int] = []
        while let request = state.nextFinished() { requests.append(request) }
        return requests
    }

    @Test
    func thoseThatShareASyncAreOverTogether() {
        var state = PipelineState<Int>()
        _ = state.sent(1, .execute, sharesSync: true)
        _ = state.sent(2, .execute, sharesSync: true)
        #expect(play(&state, [.rows, .end, .sync]) == ["result 1", "-", "violation"], "no Sync has been sent yet")
        _ = state.sent(3, .execute, sharesSync: true)
        state.syncSent()
        let fourth = state.sent(4, .execute)
        #expect(state.head == 2)
        #expect(play(&state, [.rows, .end, .rows, .end, .sync]) == ["result 2", "-", "result 3", "-", "finished 1"])
        let isHead = state.abandon(fourth)
        #expect(isHead, "it is the head, though others have not been taken")
        let others = rest(&state)
        #expect(others == [2, 3])
        #expect(!state.hasFailed && state.head == 4)
        #expect(play(&state, [.rows, .end, .sync]) == ["result 4", "-", "finished 4"])
        let none = rest(&state)
        #expect(none.isEmpty && state.isEmpty)
    }

    @Test
    func afterAnErrorNothingOfASharedTransactionIsLeft() {
        var state = PipelineState<Int>()
        for number in 1...3 { _ = state.sent(number, .execute, sharesSync: true) }
        state.syncSent()
        _ = state.sent(4, .execute)
        let outputs = play(&state, [.rows, .end, .failed, .end, .aborted, .end, .sync])
        #expect(outputs == ["result 1", "-", "failed 2 4", "-", "-", "-", "finished 1"])
        let others = rest(&state)
        #expect(state.hasFailed && others == [2, 3])
        #expect(play(&state, [.rows, .end, .sync]) == ["result 4", "-", "finished 4"])
        #expect(state.hasFailed == false, "the next is a transaction of its own")
    }

    @Test
    func aLossGivesAlsoThoseThatWaitForTheirSync() {
        var state = PipelineState<Int>()
        for number in 1...3 { _ = state.sent(number, .execute, sharesSync: true) }
        _ = play(&state, [.rows, .end])
        #expect(state.lost() == [1, 2, 3])
        #expect(state.head == nil && state.isEmpty)
    }

    @Test
    func aLossGivesAllThatWasNotAnswered() {
        var state = PipelineState<Int>()
        for number in 0..<20 { _ = state.sent(number, .execute) }
        _ = play(&state, [.rows, .end, .sync])
        #expect(state.lost() == Array(1..<20))
        #expect(state.isEmpty == true)
    }
}
