import Plugin
import Reactor
import Testing

@testable import NotificationService

/// Numbers that are all the same.
struct Constant: RandomNumberGenerator {
    var value: UInt64
    mutating func next() -> UInt64 { value }
    /// Halfway between the ends of a range.
    static var middle: Constant { Constant(value: 1 << 63) }
}

@Suite struct DeliveryScheduleTests {
    @Test func codesAreTriedAgainSoon() {
        let schedule = DeliverySchedule(urgency: .code)
        var generator = Constant.middle
        let pauses = (1...7).map { schedule.pause(after: $0, &generator).inSeconds.rounded() }
        #expect(pauses == [5, 15, 45, 120, 300, 300, 300])
    }

    @Test func noticesAreTriedForDays() {
        let schedule = DeliverySchedule(urgency: .notice)
        var generator = Constant.middle
        let minutes = (1...11).map { (schedule.pause(after: $0, &generator).inSeconds / 60).rounded() }
        #expect(minutes == [1, 5, 15, 30, 60, 120, 240, 480, 720, 720, 720])
    }

    @Test(arguments: [DeliveryUrgency.code, .notice])
    func chanceMovesAPauseByAFifth(_ urgency: DeliveryUrgency) {
        let schedule = DeliverySchedule(urgency: urgency)
        var generator = SystemRandomNumberGenerator()
        for attempt in 1...12 {
            var middle = Constant.middle
            let usual = schedule.pause(after: attempt, &middle).inSeconds
            let drawn = (0..<200).map { _ in schedule.pause(after: attempt, &generator).inSeconds }
            #expect(drawn.allSatisfy { $0 >= usual * 0.799 && $0 <= usual * 1.201 })
            #expect(drawn.contains { $0 < usual * 0.95 } && drawn.contains { $0 > usual * 1.05 })
        }
    }

    @Test func aNoticeIsGivenUpAfterFourDays() {
        var age = Duration.zero
        var attempt = 1
        var generator = SystemRandomNumberGenerator()
        while true {
            let state = DeliveryState(urgency: .notice, attempt: attempt, age: age)
            let decision = state.decision(after: .retry(after: nil, reason: "busy"), &generator)
            guard case .again(let pause, true, "busy") = decision else {
                #expect(decision == .dead(problem: "given up after \(attempt) attempts: busy"))
                break
            }
            age += pause
            attempt += 1
        }
        #expect(age <= .seconds(4 * 86_400) && age > .seconds(3 * 86_400))
        #expect((14...20).contains(attempt))
    }

    @Test func aCodeIsNeverGivenUpBeforeItExpires() {
        var generator = SystemRandomNumberGenerator()
        let state = DeliveryState(urgency: .code, attempt: 900, age: .seconds(5 * 86_400))
        guard case .again = state.decision(after: .retry(after: nil, reason: "busy"), &generator) else {
            Issue.record("given up")
            return
        }
    }

    @Test func whatAProviderAsksForIsGrantedWithinReason() {
        var generator = Constant.middle
        func pause(_ wish: Duration?, attempt: Int = 1) -> Double? {
            let state = DeliveryState(urgency: .code, attempt: attempt, age: .zero)
            guard case .again(let pause, true, _) = state.decision(after: .retry(after: wish, reason: ""), &generator)
            else { return nil }
            return pause.inSeconds.rounded()
        }
        let wishes: [Duration?] = [.seconds(60), .seconds(1), .seconds(-1), .seconds(86_400), nil]
        let pauses = wishes.map { pause($0) }
        #expect(pauses == [60, 5, 5, 900, 5])
        let fifth = pause(.seconds(60), attempt: 5)
        #expect(fifth == 300)
    }

    @Test func anUnknownOutcomeIsTriedAgainAfterAWhile() {
        var generator = Constant.middle
        for (urgency, expected) in [(DeliveryUrgency.code, 30.0), (.notice, 60)] {
            let state = DeliveryState(urgency: urgency, attempt: 1, age: .zero)
            guard
                case .again(let pause, true, "lost") = state.decision(
                    after: .unknownOutcome(reason: "lost"),
                    &generator
                )
            else {
                Issue.record("not tried again")
                continue
            }
            #expect(pause.inSeconds.rounded() == expected)
        }
    }

    @Test func theOtherOutcomes() {
        var generator = SystemRandomNumberGenerator()
        let state = DeliveryState(urgency: .notice, attempt: 3, age: .zero)
        let cases: [(MailOutcome, DeliveryDecision)] = [
            (.accepted(providerID: "x"), .sent(providerID: "x")),
            (.permanentRecipient(reason: "r"), .dead(problem: "r")),
            (.permanentMessage(reason: "m"), .dead(problem: "m")),
            (.driverFault(until: nil, reason: "key"), .again(after: .zero, isCounted: false, problem: "key")),
        ]
        for (outcome, expected) in cases {
            let decision = state.decision(after: outcome, &generator)
            #expect(decision == expected)
        }
    }

    @Test func whatFailedStandsBehindWhatDidNot() {
        let lanes = [
            DeliveryUrgency.code.lane(afterAttempts: 0), DeliveryUrgency.code.lane(afterAttempts: 2),
            DeliveryUrgency.notice.lane(afterAttempts: 0), DeliveryUrgency.notice.lane(afterAttempts: 1),
        ]
        #expect(lanes == [0, 1, 2, 3])
    }
}
