import Observe
import Testing

@testable import AuthService

@Suite struct KeyScheduleTests {
    private let timing = SessionKeyTiming()
    private let start = WallTime(secondsSinceEpoch: 1_800_000_000)

    private func at(_ seconds: Int64) -> WallTime { start.advanced(by: .seconds(seconds)) }

    private func key(_ kid: String, created: Int64, signs: Int64, isOwn: Bool = true) -> KeySchedule.Key {
        .init(kid: kid, createdAt: at(created), signsFrom: at(signs), isOwn: isOwn)
    }

    private func schedule(_ keys: KeySchedule.Key...) -> KeySchedule { KeySchedule(keys, timing: timing) }

    /// The reference's numbers.
    @Test func numbers() {
        #expect(timing.lead == .seconds(600))
        #expect(timing.rest == .seconds(300 + 600 + 30))
        #expect(timing.rotation == .seconds(86_400))
    }

    @Test func theFirstKeySignsAtOnce() {
        #expect(schedule().signer(at: start) == nil)
        #expect(schedule().change(at: start) == .init(create: start))
    }

    @Test func aKeyIsFollowedAfterADay() {
        let one = key("a", created: 0, signs: 0)
        #expect(schedule(one).change(at: at(86_399)).isEmpty)
        #expect(schedule(one).change(at: at(86_400)) == .init(create: at(87_000)))
        // However late.
        #expect(schedule(one).change(at: at(900_000)) == .init(create: at(900_600)))
    }

    @Test func theNewSignsWhenItsTimeHasCome() {
        let two = schedule(key("a", created: 0, signs: 0), key("b", created: 86_400, signs: 87_000))
        #expect(two.signer(at: at(86_999)) == "a")
        #expect(two.signer(at: at(87_000)) == "b")
    }

    @Test func theOldGoesWhenNothingOfItIsValid() {
        let two = schedule(key("b", created: 86_400, signs: 87_000), key("a", created: 0, signs: 0))
        #expect(two.change(at: at(87_000 + 929)).isEmpty)
        #expect(two.change(at: at(87_000 + 930)) == .init(remove: ["a"]))
    }

    @Test func theNewestNeverGoes() {
        let one = schedule(key("a", created: 0, signs: 0))
        #expect(one.change(at: at(10_000_000)).remove.isEmpty)
        #expect(one.signer(at: at(10_000_000)) == "a")
    }

    /// A replica whose clock is behind the one that made the first key.
    @Test func aClockThatIsBehind() {
        let one = schedule(key("a", created: 20, signs: 20))
        #expect(one.signer(at: start) == "a")
        #expect(one.change(at: start).isEmpty)
    }

    @Test func foreignKeysDoNotCount() {
        let foreign = key("f", created: 0, signs: 0, isOwn: false)
        #expect(schedule(foreign).signer(at: at(10)) == nil)
        #expect(schedule(foreign).change(at: at(10)) == .init(create: at(10)))
        let own = key("a", created: 0, signs: 0)
        #expect(schedule(own, foreign).change(at: at(86_399)).isEmpty)
        let later = key("a", created: 604_000, signs: 604_000)
        #expect(schedule(later, foreign).change(at: at(604_799)).isEmpty)
        #expect(schedule(later, foreign).change(at: at(604_800)) == .init(remove: ["f"]))
    }

    /// Ten days, minute by minute: there is always a signer, it was public for ten minutes before its first signature, and
    /// its key is public for as long as any token of it is valid by a clock that is 30 s behind.
    @Test func tenDays() {
        var keys: [KeySchedule.Key] = []
        var published: [String: WallTime] = [:]
        var lastUse: [String: WallTime] = [:]
        var names = 0
        var most = 0
        for minute in 0..<(10 * 1440) {
            let now = at(Int64(minute) * 60)
            let change = KeySchedule(keys, timing: timing).change(at: now)
            for kid in change.remove {
                let end = lastUse[kid, default: start].advanced(by: timing.life + timing.skew * 2)
                #expect(end <= now, "\(kid) went while its tokens were valid")
            }
            keys.removeAll { change.remove.contains($0.kid) }
            if let signsFrom = change.create {
                names += 1
                keys.append(.init(kid: "\(names)", createdAt: now, signsFrom: signsFrom, isOwn: true))
                published["\(names)"] = now
            }
            guard let signer = KeySchedule(keys, timing: timing).signer(at: now) else {
                Issue.record("nothing signs at minute \(minute)")
                return
            }
            if lastUse[signer] == nil, signer != "1" {
                #expect(published[signer, default: now].duration(to: now) >= timing.setAge * 2)
            }
            lastUse[signer] = now
            most = max(most, keys.count)
        }
        #expect(names == 10)
        #expect(most == 2)
    }
}
