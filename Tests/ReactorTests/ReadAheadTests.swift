import Testing

@testable import Reactor

@Suite
struct ReadAheadTests {
    private final class Handler: DescriptorHandler {
        func ready(_ events: IOInterest) {}
    }

    @Test
    func aPlaceIsWholeLines() throws {
        let start = try #require(UnsafeRawPointer(bitPattern: 0x7f12_3456_7890))
        #expect(ReadAhead.Place(start, bytes: 1).packed == 1 << 48 | 0x7f12_3456_7880)
        #expect(ReadAhead.Place(start, bytes: 48).packed >> 48 == 1)
        #expect(ReadAhead.Place(start, bytes: 49).packed >> 48 == 2)
        #expect(ReadAhead.Place(start, bytes: 0).packed >> 48 == 1)
        #expect(ReadAhead.Place(start, bytes: 1 << 20).packed >> 48 == 64)
        #expect(ReadAhead.Place(array: [UInt8]()) == nil)
        #expect(ReadAhead.Place(array: [UInt64](repeating: 0, count: 8)) != nil)
    }

    @Test
    func moreThanFitIsLeftOut() throws {
        let start = try #require(UnsafeRawPointer(bitPattern: 4096))
        let hint = ReadAhead((0..<20).map { ReadAhead.Place(start + 64 * $0, bytes: 64) })
        #expect(hint.places.count == ReadAhead.capacity)
        #expect(hint.places[0].packed == UInt64(1) << 48 | 4096)
    }

    @Test
    func aSlotForgetsWhatItsLastOwnerRead() throws {
        var watched = WatchedDescriptors()
        let first = watched.insert(Handler(), 3)
        let second = watched.insert(Handler(), 4)
        let start = try #require(UnsafeRawPointer(bitPattern: 4096))
        watched.readsFirst(second, ReadAhead([ReadAhead.Place(start, bytes: 640)]))
        #expect(watched.places(second) == [10 << 48 | 4096])
        #expect(watched.places(first).isEmpty)
        // Tokens that are gone, and the loop's own, ask for nothing.
        watched.readAhead(WatchedDescriptors.wakeUpToken, then: second.raw)
        watched.readAhead(second.raw, then: WatchedDescriptors.wakeUpToken)
        watched.remove(second)
        watched.readsFirst(second, ReadAhead([ReadAhead.Place(start, bytes: 64)]))
        let third = watched.insert(Handler(), 5)
        #expect(watched.places(third).isEmpty)
    }
}
