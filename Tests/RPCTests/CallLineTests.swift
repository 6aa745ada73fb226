import Testing

@testable import RPC

/// Who calls and who comes along; seats are numbers.
@Suite struct CallLineTests {
    @Test func theFirstCallsAndWhoComesBeforeItBeginsComesAlong() {
        var line = CallLine<String, Int>()
        let isFirst1 = line.arrive("a", 1)
        #expect(isFirst1)
        let isFirst2 = line.arrive("a", 2)
        #expect(!isFirst2)
        let isFirst3 = line.arrive("a", 3)
        #expect(!isFirst3)
        line.depart("a")
        let (passengers, next) = line.land("a")
        #expect(passengers == [2, 3])
        #expect(next == nil)
        #expect(line.count == 0, "nothing is kept of who has left")
    }

    @Test func whoComesWhileItIsUnderWayNeedsTheNextOne() {
        var line = CallLine<String, Int>()
        let isFirst4 = line.arrive("a", 1)
        #expect(isFirst4)
        line.depart("a")
        let isFirst5 = line.arrive("a", 2)
        #expect(!isFirst5)
        let isFirst6 = line.arrive("a", 3)
        #expect(!isFirst6)
        var ended = line.land("a")
        #expect(ended.passengers.isEmpty, "its answer may be older than their question")
        #expect(ended.next == 2)
        // Before the next one begins others may still come along.
        let isFirst7 = line.arrive("a", 4)
        #expect(!isFirst7)
        line.depart("a")
        let isFirst8 = line.arrive("a", 5)
        #expect(!isFirst8)
        ended = line.land("a")
        #expect(ended.passengers == [3, 4])
        #expect(ended.next == 5)
        line.depart("a")
        ended = line.land("a")
        #expect(ended.passengers.isEmpty && ended.next == nil)
        let isFirst9 = line.arrive("a", 6)
        #expect(isFirst9)
    }

    @Test func keysHaveNothingToDoWithEachOther() {
        var line = CallLine<String, Int>()
        let isFirst10 = line.arrive("a", 1)
        #expect(isFirst10)
        let isFirst11 = line.arrive("b", 2)
        #expect(isFirst11)
        line.depart("a")
        let isFirst12 = line.arrive("b", 3)
        #expect(!isFirst12)
        let ofA = line.land("a")
        #expect(ofA.passengers.isEmpty)
        line.depart("b")
        let ofB = line.land("b")
        #expect(ofB.passengers == [3])
    }
}
