import Testing

@testable import Valkey

@Suite struct SubscriptionStateTests {
    private func bytes(_ text: String) -> ValkeyReply { .bytes(Array(text.utf8)) }
    private func confirmation(_ word: String, _ count: Int) -> ValkeyReply {
        .array([bytes(word), bytes("name"), .integer(count)])
    }

    @Test func `it is open once all is confirmed, and resumed the next time`() {
        var state = SubscriptionState(expected: 2)
        same(state.received(confirmation("subscribe", 1)), .nothing)
        same(state.received(confirmation("psubscribe", 2)), .opened)
        state.restart()
        same(state.received(confirmation("subscribe", 1)), .nothing)
        same(state.received(confirmation("psubscribe", 2)), .event(.resumed))
        same(state.received(confirmation("psubscribe", 3)), .violation)
    }

    @Test func `messages are read`() {
        var state = SubscriptionState(expected: 1)
        let message = ValkeyMessage(channel: "c", pattern: nil, payload: [0, 13, 10])
        #expect(
            state.received(.array([bytes("message"), bytes("c"), .bytes([0, 13, 10])])) == .event(.message(message))
        )
        let matched = ValkeyMessage(channel: "c", pattern: "c*", payload: [1])
        #expect(
            state.received(.array([bytes("pmessage"), bytes("c*"), bytes("c"), .bytes([1])]))
                == .event(.message(matched))
        )
    }

    @Test func `pongs are ignored, refusals kept, all else is a violation`() {
        var state = SubscriptionState(expected: 1)
        same(state.received(.array([bytes("pong"), bytes("")])), .nothing)
        same(state.received(.status("PONG")), .nothing)
        same(state.received(.error("NOPERM no")), .refused(ValkeyError(server: "NOPERM no")))
        for reply: ValkeyReply in [
            .null, .integer(1), .array([]), .array([.integer(1)]), .array([bytes("message"), .null, .null]),
            .array([bytes("message"), bytes("c")]), .array([bytes("other"), bytes("c"), bytes("c")]), .status("OK"),
        ] {
            same(state.received(reply), .violation)
        }
    }
}
