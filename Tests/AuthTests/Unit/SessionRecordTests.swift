import Observe
import Testing

@testable import AuthService

@Suite struct SessionRecordTests {
    static let start = WallTime(secondsSinceEpoch: 1_800_000_000)
    let policy = SessionPolicy()
    let hash = [UInt8](repeating: 7, count: 32)
    let next = [UInt8](repeating: 8, count: 32)

    func record(remembered: Bool = false) -> SessionRecord {
        SessionRecord(
            tokenHash: hash,
            epoch: 3,
            isRemembered: remembered,
            isEmailVerified: true,
            address: "192.0.2.1",
            agent: "curl/8",
            policy: policy,
            now: Self.start
        )
    }

    func after(_ seconds: Int) -> WallTime { Self.start.advanced(by: .seconds(seconds)) }

    @Test func `a record is read back as it was written, and nothing else is`() {
        var record = record(remembered: true)
        record = record.rotated(to: next, policy: policy, at: after(10)).seen(from: "2001:db8::1", at: after(11))
        #expect(SessionRecord(record.encoded) == record)
        #expect(SessionRecord([]) == nil)
        #expect(SessionRecord(Array(record.encoded.dropLast())) == nil)
        #expect(SessionRecord(record.encoded + [0]) == nil)
        var other = record.encoded
        other[0] = 2
        #expect(SessionRecord(other) == nil)
    }

    @Test func `numbers that scripts touch are where they look`() {
        let bytes = record().encoded
        func number(_ offset: Int) -> Int { bytes[offset..<offset + 8].reduce(0) { $0 << 8 | Int($1) } }
        #expect(
            number(SessionRecord.lastSeenOffset) == Self.start.milliseconds && number(SessionRecord.epochOffset) == 3
        )
    }

    @Test func `idle half an hour, it ends; and after twelve hours whatever happens`() {
        let first = record()
        #expect(first.verdict(on: hash, policy: policy, now: after(1799)) == .live(.touch))
        #expect(first.verdict(on: hash, policy: policy, now: after(1800)) == .refused)
        var seen = first
        for minute in stride(from: 20, to: 12 * 60, by: 20) { seen = seen.seen(from: nil, at: after(minute * 60)) }
        #expect(seen.verdict(on: hash, policy: policy, now: after(12 * 3600 - 1)) == .live(.rotate))
        #expect(seen.verdict(on: hash, policy: policy, now: after(12 * 3600)) == .refused)
    }

    @Test func `one that is remembered lives a fortnight idle and thirty days at most`() {
        let first = record(remembered: true)
        #expect(first.verdict(on: hash, policy: policy, now: after(14 * 86_400 - 1)) != .refused)
        #expect(first.verdict(on: hash, policy: policy, now: after(14 * 86_400)) == .refused)
        #expect(first.seen(from: nil, at: after(29 * 86_400)).end(policy) == after(30 * 86_400))
    }

    @Test func `it is written once a minute that it was seen, and rotated once an hour`() {
        #expect(record().verdict(on: hash, policy: policy, now: after(59)) == .live(.none))
        #expect(record().verdict(on: hash, policy: policy, now: after(60)) == .live(.touch))
        let seen = record().seen(from: nil, at: after(3599))
        #expect(seen.verdict(on: hash, policy: policy, now: after(3599)) == .live(.none))
        #expect(seen.verdict(on: hash, policy: policy, now: after(3600)) == .live(.rotate))
    }

    @Test func `after a rotation the old token is good for thirty seconds, and no other ever`() {
        let rotated = record().rotated(to: next, policy: policy, at: after(100))
        #expect(rotated.verdict(on: next, policy: policy, now: after(100)) != .refused)
        #expect(rotated.verdict(on: hash, policy: policy, now: after(129)) == .live(.tellAgain))
        #expect(rotated.verdict(on: hash, policy: policy, now: after(130)) == .refused)
        #expect(rotated.verdict(on: SessionRecord.noHash, policy: policy, now: after(100)) == .refused)
        #expect(record().verdict(on: SessionRecord.noHash, policy: policy, now: after(1)) == .refused)
    }

    @Test func `who proves again who it is gets another token at once, and an epoch never falls`() {
        let renewed = record().renewed(epoch: 2, proof: after(5))
        #expect(renewed.epoch == 3 && renewed.authenticated == after(5))
        #expect(renewed.verdict(on: hash, policy: policy, now: after(5)) == .live(.rotate))
        #expect(
            record().renewed(epoch: 9, proof: nil).epoch == 9
                && record().renewed(epoch: 9, proof: nil).authenticated == Self.start
        )
    }
}
