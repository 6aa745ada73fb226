import Testing

@testable import Valkey

@Suite struct PipelineStateTests {
    @Test func `replies go to calls in order`() {
        var pipeline = PipelineState<Int>(limit: 8)
        for call in 1...3 { pipeline.gather(call, replies: 1) }
        pipeline.sent(isBlocked: false)
        #expect(answers(&pipeline, 3) == ["last 1", "last 2", "last 3"])
        #expect(answers(&pipeline, 1) == ["nobody"])
        #expect(pipeline.count == 0)
    }

    @Test func `a call of several replies gets all of them`() {
        var pipeline = PipelineState<Int>(limit: 8)
        pipeline.gather(1, replies: 3)
        pipeline.gather(2, replies: 1)
        pipeline.sent(isBlocked: false)
        #expect(answers(&pipeline, 4) == ["part 1", "part 1", "last 1", "last 2"])
    }

    @Test func `what was not sent cannot be answered`() {
        var pipeline = PipelineState<Int>(limit: 8)
        pipeline.gather(1, replies: 1)
        #expect(answers(&pipeline, 1) == ["nobody"])
        pipeline.sent(isBlocked: false)
        pipeline.gather(2, replies: 1)
        #expect(answers(&pipeline, 2) == ["last 1", "nobody"])
    }

    @Test func `the limit, a blocked peer, retirement and loss stop new calls`() {
        var pipeline = PipelineState<Int>(limit: 2)
        #expect(pipeline.canTake)
        pipeline.gather(1, replies: 1)
        pipeline.gather(2, replies: 1)
        #expect(!pipeline.canTake)
        pipeline.sent(isBlocked: true)
        _ = pipeline.replied()
        #expect(!pipeline.canTake)
        pipeline.drained()
        #expect(pipeline.canTake)
        pipeline.retire()
        #expect(!pipeline.canTake && !pipeline.isDone)
        _ = pipeline.replied()
        #expect(pipeline.isDone)
        var lost = PipelineState<Int>(limit: 2)
        _ = lost.lose()
        #expect(!lost.canTake)
    }

    @Test func `a loss tells apart what left and what did not`() {
        var pipeline = PipelineState<Int>(limit: 8)
        for call in 1...4 { pipeline.gather(call, replies: 1) }
        pipeline.sent(isBlocked: false)
        _ = pipeline.replied()
        for call in 5...6 { pipeline.gather(call, replies: 1) }
        let (sent, unsent) = pipeline.lose()
        #expect(sent == [2, 3, 4])
        #expect(unsent == [5, 6])
        #expect(pipeline.count == 0)
    }

    private func answers(_ pipeline: inout PipelineState<Int>, _ count: Int) -> [String] {
        (0..<count).map { _ in
            switch pipeline.replied() {
            case .part(let call): "part \(call)"
            case .last(let call): "last \(call)"
            case .nobody: "nobody"
            }
        }
    }
}
