import Reactor
import Testing

@testable import RPC

/// When a call is made again, and what that may cost.
@Suite
struct RetryTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    // MARK: Plan

    @Test
    func whatNobodySawIsRepeatedAtOnceAndOnlyOnce() {
        var plan = RetryPlan()
        let first = plan.failed(.unseen, idempotent: false, timeLeft: nil, dice: 0.5)
        #expect(first == .repeatNow)
        let second = plan.failed(.unseen, idempotent: false, timeLeft: nil, dice: 0.5)
        #expect(second == .repeatAfter(.milliseconds(40)))
        let third = plan.failed(.unseen, idempotent: false, timeLeft: nil, dice: 0.5)
        #expect(third == .fail)
    }

    @Test(arguments: [AttemptFailure.lost, .answered(.unavailable, nil)])
    func whatSomebodyMayHaveSeenIsRepeatedIfThatDoesNoHarm(failure: AttemptFailure) {
        var careful = RetryPlan()
        let refused = careful.failed(failure, idempotent: false, timeLeft: nil, dice: 0.5)
        #expect(refused == .fail)
        var plan = RetryPlan()
        let first = plan.failed(failure, idempotent: true, timeLeft: .seconds(1), dice: 0)
        #expect(first == .repeatAfter(.milliseconds(10)))
        let second = plan.failed(failure, idempotent: true, timeLeft: .seconds(1), dice: 1)
        #expect(second == .repeatAfter(.milliseconds(60)))
        let third = plan.failed(failure, idempotent: true, timeLeft: .seconds(1), dice: 0.5)
        #expect(third == .fail)
    }

    @Test
    func nothingIsRepeatedPastTheDeadline() {
        var plan = RetryPlan()
        let step = plan.failed(.lost, idempotent: true, timeLeft: .milliseconds(15), dice: 0.5)
        #expect(step == .fail)
    }

    @Test
    func whatTheServerSaysOfTryingAgainIsObeyed() {
        func step(_ code: RPCError.Code, _ pushback: RetryPushback?) -> RetryPlan.Step {
            var plan = RetryPlan()
            return plan.failed(.answered(code, pushback), idempotent: true, timeLeft: .seconds(10), dice: 0.5)
        }
        #expect(step(.unavailable, .after(.milliseconds(700))) == .repeatAfter(.milliseconds(700)))
        #expect(step(.unavailable, .after(.zero)) == .repeatAfter(.zero))
        #expect(step(.unavailable, .never) == .fail)
        #expect(step(.unavailable, .after(.seconds(11))) == .fail)
        #expect(step(.resourceExhausted, nil) == .fail)
        #expect(step(.resourceExhausted, .after(.milliseconds(5))) == .repeatAfter(.milliseconds(5)))
        for code in RPCError.Code.all where ![.unavailable, .resourceExhausted].contains(code) {
            #expect(step(code, .after(.zero)) == .fail)
        }
        var plan = RetryPlan()
        let step = plan.failed(.final, idempotent: true, timeLeft: nil, dice: 0.5)
        #expect(step == .fail)
    }

    @Test
    func rulesSayHowOftenAndWhen() {
        var rules = RetryRules()
        rules.mostAttempts = 1
        for failure in [AttemptFailure.unseen, .lost, .answered(.unavailable, nil)] {
            var never = RetryPlan(rules)
            let step = never.failed(failure, idempotent: true, timeLeft: nil, dice: 0.5)
            #expect(step == .fail)
        }
        rules.mostAttempts = 5
        rules.firstDelay = .milliseconds(3)
        var often = RetryPlan(rules)
        let steps = (0..<5).map { _ in often.failed(.lost, idempotent: true, timeLeft: nil, dice: 0.5) }
        #expect(steps == [3, 6, 12, 24].map { .repeatAfter(.milliseconds($0)) } + [.fail])
    }

    // MARK: Budget

    @Test
    func rulesSayWhatRetriesMayCost() {
        var rules = RetryRules()
        rules.share = 0.5
        rules.perSecond = 0
        let tally = LoopTally()
        let budget = RetryBudget([tally], rules)
        #expect(!budget.take(at: start))
        for _ in 0..<6 { tally.add(at: start) }
        #expect((0..<4).map { _ in budget.take(at: start) } == [true, true, true, false])
    }

    @Test
    func retriesAreEarnedByCallsOfAllLoops() {
        let tallies = (0..<4).map { _ in LoopTally() }
        let budget = RetryBudget(tallies)
        func spend(_ time: MonotonicTime) -> Int {
            var taken = 0
            while budget.take(at: time) { taken += 1 }
            return taken
        }
        #expect(spend(start) == 100)
        for (index, tally) in tallies.enumerated() {
            for _ in 0..<(250 * (index + 1)) { tally.add(at: start.advanced(by: .seconds(index))) }
        }
        // 2500 calls of four loops in four seconds.
        let later = start.advanced(by: .seconds(4))
        #expect(spend(later) == 500)
        #expect(spend(later) == 0)
        // Ten seconds after the first ones they are forgotten, and what was spent too, each at its time.
        #expect(spend(start.advanced(by: .seconds(10))) == 50)
        #expect(spend(start.advanced(by: .seconds(60))) == 100)
    }

    @Test
    func aTallyForgetsWhatIsLongAgo() {
        let tally = LoopTally()
        for _ in 0..<5 { tally.add(at: start) }
        #expect(tally.sum(seconds: 10, at: start.advanced(by: .seconds(9))) == 5)
        #expect(tally.sum(seconds: 10, at: start.advanced(by: .seconds(10))) == 0)
        // The same place of the ring, another second.
        tally.add(at: start.advanced(by: .seconds(16)))
        #expect(tally.sum(seconds: 10, at: start.advanced(by: .seconds(16))) == 1)
    }

    // MARK: Hedging

    @Test
    func aLateCallIsMadeAgainUpToItsAttempts() {
        var plan = HedgePlan(HedgingPolicy(delayMilliseconds: 10, attempts: 3))
        plan.began()
        #expect(plan.mayMakeMore)
        let first = plan.late()
        #expect(first == .attempt)
        plan.began()
        let second = plan.late()
        #expect(second == .attempt)
        plan.began()
        #expect(!plan.mayMakeMore)
        let third = plan.late()
        #expect(third == .wait)
        let steps = (0..<3).map { _ in plan.failed(.lost) }
        #expect(steps == [.wait, .wait, .fail])
    }

    @Test
    func aHedgedCallThatFailsIsMadeAgainAtOnceOrEnds() {
        var plan = HedgePlan(HedgingPolicy(delayMilliseconds: 10, attempts: 2))
        plan.began()
        let again = plan.failed(.answered(.unavailable, nil))
        #expect(again == .attempt)
        plan.began()
        let end = plan.failed(.answered(.notFound, nil))
        #expect(end == .fail)
    }

    @Test
    func aServerThatWantsNoMoreGetsNoMore() {
        var plan = HedgePlan(HedgingPolicy(delayMilliseconds: 10, attempts: 3))
        plan.began()
        plan.began()
        let step = plan.failed(.answered(.unavailable, .never))
        #expect(step == .wait)
        #expect(!plan.mayMakeMore)
        let late = plan.late()
        #expect(late == .wait)
        let last = plan.failed(.answered(.unavailable, .never))
        #expect(last == .fail)
    }

    @Test
    func withoutBudgetTheAttemptsUnderWayDecide() {
        var plan = HedgePlan(HedgingPolicy(delayMilliseconds: 10, attempts: 3))
        plan.began()
        plan.stop()
        #expect(plan.isUnderWay && !plan.mayMakeMore)
        let failed = plan.failed(.lost)
        #expect(failed == .fail)
    }
}
