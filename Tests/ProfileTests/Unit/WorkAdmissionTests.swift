import Reactor
import Testing

@testable import ProfileService

private func time(_ seconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

extension WorkAdmission {
    /// Whether a job is kept.
    fileprivate mutating func accepts(_ job: Job, until deadline: MonotonicTime? = nil, at now: UInt64 = 0) -> Bool {
        offer(job, deadline: deadline, at: time(now)).ticket != nil
    }
}

@Suite struct WorkAdmissionTests {
    @Test func jobsAreTakenInOrderAndNoMoreThanThereIsRoomFor() {
        var admission = WorkAdmission<Int>(workers: 2, room: 1)
        let accepted = [admission.accepts(0), admission.accepts(1), admission.accepts(2), admission.accepts(3)]
        #expect(accepted == [true, true, true, false])
        let isFull = !admission.hasRoom(at: time(0))
        #expect(isFull)
        let taken = [admission.take(at: time(0)).job, admission.take(at: time(0)).job]
        #expect(taken == [0, 1])
        // Both workers are busy and one job waits: that is full.
        #expect(admission.busy == 2 && admission.waitingCount == 1)
        let refused = admission.accepts(4)
        #expect(!refused)
        admission.finish()
        let kept = admission.accepts(5)
        #expect(kept)
        let third = admission.take(at: time(0)).job
        admission.finish()
        admission.finish()
        let rest = [third, admission.take(at: time(0)).job, admission.take(at: time(0)).job]
        #expect(rest == [2, 5, nil])
    }

    @Test func whatIsTooLateIsGivenBackNotTaken() {
        var admission = WorkAdmission<Int>(workers: 1, room: 1)
        _ = admission.accepts(0, until: time(5))
        _ = admission.accepts(1)
        let next = admission.take(at: time(5))
        #expect(next.job == 1 && next.late == [0])
    }

    @Test func whatIsTooLateMakesRoom() {
        var admission = WorkAdmission<Int>(workers: 1, room: 0)
        _ = admission.accepts(0, until: time(5))
        let room = [admission.hasRoom(at: time(4)), admission.hasRoom(at: time(5))]
        #expect(room == [false, true])
        let offer = admission.offer(1, deadline: nil, at: time(6))
        #expect(offer.ticket != nil && offer.late == [0])
    }

    @Test func whoeverGoesTakesTheJobAlong() throws {
        var admission = WorkAdmission<Int>(workers: 1, room: 2)
        let offers = [admission.offer(0, deadline: nil, at: time(0)), admission.offer(1, deadline: nil, at: time(0))]
        let tickets = offers.compactMap(\.ticket)
        try #require(tickets.count == 2)
        let first = admission.take(at: time(0)).job
        let withdrawn = [
            admission.withdraw(tickets[0]), admission.withdraw(tickets[1]), admission.withdraw(tickets[1]),
        ]
        #expect(first == 0 && withdrawn == [nil, 1, nil] && admission.waitingCount == 0)
        let left = admission.removeAll()
        #expect(left.isEmpty)
    }
}

@Suite struct SlidingLimitTests {
    @Test func aWindowSlides() {
        var limit = SlidingLimit<Int>(2, in: .seconds(10))
        let waits = [
            limit.admit(1, at: time(0)), limit.admit(1, at: time(4)), limit.admit(1, at: time(5)),
            limit.admit(2, at: time(5)), limit.admit(1, at: time(10)), limit.admit(1, at: time(11)),
        ]
        #expect(waits == [nil, nil, .seconds(5), nil, nil, .seconds(3)])
    }

    @Test func itsMemoryIsBounded() {
        var limit = SlidingLimit<Int>(1, in: .seconds(10), keys: 3)
        let refused = (0..<100).compactMap { limit.admit($0, at: time(0)) }
        #expect(refused.isEmpty && limit.count == 3)
        let again = limit.admit(99, at: time(1))
        #expect(again != nil)
        let late = limit.admit(100, at: time(20))
        #expect(late == nil && limit.count == 1)
    }
}

@Suite struct PostingCursorTests {
    @Test func itReadsWhatItWrites() throws {
        let cursor = PostingCursor(entry: 123_456_789, lines: 2)
        let read = try PostingCursor(parsing: cursor.text)
        #expect(read == cursor)
        for text in ["", "-", "1", "1-0", "1-3", "0-1", "-1-1", "zzzzzzzzzzzzzzzzzzzzz-1", "1-1-1", "1 -1", "é-1"] {
            #expect(throws: (any Error).self) { try PostingCursor(parsing: text) }
        }
    }
}
