import Testing

@testable import HostCore

@Suite struct SwapTurnsTests {
    private func word(_ entry: SwapTurns<String>.Entry) -> String {
        switch entry {
        case .begin: "begin"
        case .wait: "wait"
        case .instead(let other): "instead of \(other)"
        }
    }

    @Test func `one at a time, and the last wanted next`() {
        var turns = SwapTurns<String>()
        #expect(word(turns.enter("smtp")) == "begin")
        #expect(word(turns.enter("sendgrid")) == "wait")
        #expect(word(turns.enter("outbox")) == "instead of sendgrid")
        #expect(word(turns.enter("smtp")) == "instead of outbox")
        #expect(turns.leave() == "smtp")
        #expect(turns.isBusy)
        #expect(turns.leave() == nil)
        #expect(!turns.isBusy)
        #expect(word(turns.enter("smtp")) == "begin")
    }

    @Test func `at the end nothing that waits is begun`() {
        var turns = SwapTurns<String>()
        #expect(turns.end() == nil)
        _ = turns.enter("smtp")
        _ = turns.enter("outbox")
        #expect(turns.end() == "outbox")
        #expect(turns.leave() == nil)
    }
}
