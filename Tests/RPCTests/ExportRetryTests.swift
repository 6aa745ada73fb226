import Reactor
import Testing

@testable import RPC

@Suite struct ExportRetryTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func waitsLongerEachTimeAndGivesUp() {
        var retry = ExportRetry(begun: start)
        var now = start
        var waits: [Duration] = []
        let error = RPCError(.unavailable, "away")
        while case .again(let wait) = retry.failed(error, now: now, dice: 0.5) {
            waits.append(wait)
            now = now.advanced(by: wait)
        }
        #expect(waits == [1, 2, 4, 8, 15, 15, 15].map { .seconds($0) })
    }

    @Test func jitterIsAFifthEitherWay() {
        let error = RPCError(.unavailable, "away")
        for (dice, milliseconds) in [(0.0, 800), (1.0, 1200)] {
            var retry = ExportRetry(begun: start)
            guard case .again(let wait) = retry.failed(error, now: start, dice: dice) else {
                Issue.record("nothing is tried again")
                continue
            }
            #expect(abs(wait.wholeNanoseconds - Int64(milliseconds) * 1_000_000) < 1000)
        }
    }

    @Test func theCollectorSaysWhen() {
        var retry = ExportRetry(begun: start)
        let error = RPCError(.unavailable, "away", reason: "busy", retryAfter: .seconds(7))
        #expect(retry.failed(error, now: start, dice: 0) == .again(after: .seconds(7)))
        let never = RPCError(.unavailable, "away", reason: "busy", retryAfter: .seconds(61))
        #expect(retry.failed(never, now: start, dice: 0) == .giveUp)
    }

    @Test(arguments: RPCError.Code.all) func whatIsWorthAnotherAttempt(code: RPCError.Code) {
        let repeated: [RPCError.Code] = [
            .cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss,
        ]
        var retry = ExportRetry(begun: start)
        let isGivenUp = retry.failed(RPCError(code, ""), now: start, dice: 0.5) == .giveUp
        #expect(isGivenUp == !repeated.contains(code))
        let hinted = RPCError(code, "", reason: "busy", retryAfter: .seconds(1))
        let isGivenUpNow = retry.failed(hinted, now: start, dice: 0.5) == .giveUp
        #expect(isGivenUpNow == !(repeated + [.resourceExhausted]).contains(code))
    }
}
