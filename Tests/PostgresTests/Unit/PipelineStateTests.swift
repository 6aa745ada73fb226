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
        #expect(state.isEmpty)
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
        #expect(!state.isHeadAbandoned)
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

    @Test
    func aLossGivesAllThatWasNotAnswered() {
        var state = PipelineState<Int>()
        for number in 0..<20 { _ = state.sent(number, .execute) }
        _ = play(&state, [.rows, .end, .sync])
        #expect(state.lost() == Array(1..<20))
        #expect(state.isEmpty)
    }
}
