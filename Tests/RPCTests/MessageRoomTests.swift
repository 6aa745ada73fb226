import TestServers
import Testing

@testable import RPC

@Suite
struct MessageRoomTests {
    private var room = MessageRoom(limit: 100)

    @Test
    mutating func thereIsRoomForAllBelowTheLimit() {
        for stream: Int32 in [1, 3, 5] {
            room.changed(partial: 30, whole: 0)
            #expect(room.mayGrow(stream) == true)
        }
        #expect(!room.isWaitedFor)
        #expect(room.next() == nil)
    }

    @Test
    mutating func oneGoesOnAboveIt() {
        room.changed(partial: 101, whole: 0)
        #expect(room.mayGrow(1) == true)
        #expect(room.mayGrow(3) == false)
        #expect(room.mayGrow(5) == false)
        room.changed(partial: 50, whole: 0)
        #expect(room.mayGrow(1) == true, "the one that goes on does so until its message is whole")
        #expect(room.next() == nil)
        // It is whole, and small enough for another beside it.
        room.changed(partial: -80, whole: 80)
        room.stopped(1)
        #expect(room.next() == 3)
        #expect(room.next() == nil, "only one")
        #expect(room.mayGrow(3) == true)
    }

    @Test
    mutating func nobodyGoesOnWhileHandlersHoldTooMuch() {
        room.changed(partial: 150, whole: 0)
        #expect(room.mayGrow(1) == true)
        #expect(room.mayGrow(3) == false)
        room.changed(partial: -140, whole: 140)
        room.stopped(1)
        #expect(room.next() == nil)
        room.changed(partial: 0, whole: -140)
        #expect(room.next() == 3)
    }

    @Test
    mutating func allGoOnWhenThereIsRoomAgain() {
        room.changed(partial: 200, whole: 0)
        #expect(room.mayGrow(1) == true)
        #expect(room.mayGrow(3) == false)
        #expect(room.mayGrow(5) == false)
        room.changed(partial: -150, whole: 0)
        room.stopped(1)
        #expect(room.next() == 3)
        #expect(room.next() == 5)
        #expect(room.next() == nil)
    }

    @Test
    mutating func whoLeavesIsNotWaitedFor() {
        room.changed(partial: 200, whole: 0)
        #expect(room.mayGrow(1) == true)
        #expect(room.mayGrow(3) == false)
        #expect(room.mayGrow(5) == false)
        room.stopped(3)
        room.stopped(1)
        #expect(room.next() == 5)
        #expect(room.next() == nil)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    mutating func everyMessageArrives(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        // Each of forty messages of 90 comes in pieces of up to 20 of which the peer has the window, and is then worked
        // with.
        var missing: [Int32: Int] = [:]
        var stopped: Set<Int32> = []
        for index in 0..<40 { missing[Int32(2 * index + 1)] = 90 }
        var working: [Int32] = []
        var most = 0
        while !missing.isEmpty || !working.isEmpty {
            let able = missing.keys.filter { !stopped.contains($0) }.sorted()
            if !working.isEmpty, able.isEmpty || dice.next() % 3 == 0 {
                working.removeLast()
                room.changed(partial: 0, whole: -90)
            } else if let stream = able.randomElement(using: &dice), let left = missing[stream] {
                let piece = min(left, Int(dice.next() % 20) + 1)
                if piece < left {
                    missing[stream] = left - piece
                    room.changed(partial: piece, whole: 0)
                    if !room.mayGrow(stream) { stopped.insert(stream) }
                } else {
                    missing[stream] = nil
                    room.changed(partial: piece - 90, whole: 90)
                    room.stopped(stream)
                    working.append(stream)
                }
            } else {
                Issue.record("nobody can go on: \(missing)")
                return
            }
            while let stream = room.next() { stopped.remove(stream) }
            most = max(most, room.partial + room.whole)
        }
        #expect(room.partial == 0 && room.whole == 0)
        // One piece of each, the limit, and the whole ones that fit behind it.
        #expect(most <= 40 * 20 + 100 + 2 * 90)
    }
}
