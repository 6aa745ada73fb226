import CSystemNGHTTP2
import TestServers
import Testing

@testable import HTTP

@Suite struct HTTP2SessionMemoryTests {
    private let block = UnsafeMutableRawPointer.allocate(byteCount: HTTP2MemoryPool.blockBytes, alignment: 4096)

    private func isInside(_ pointer: UnsafeMutableRawPointer) -> Bool {
        pointer >= block && pointer < block + HTTP2MemoryPool.blockBytes
    }

    @Test func whatIsSmallIsInsideAndUsedAgain() throws {
        defer { block.deallocate() }
        let memory = HTTP2SessionMemory(block)
        memory.opened()
        let first = try #require(memory.make(40))
        let second = try #require(memory.make(48))
        #expect(isInside(first) && isInside(second))
        #expect(UInt(bitPattern: first) % 8 == 0)
        memory.drop(first)
        #expect(memory.make(100) != first, "another size")
        #expect(memory.make(33) == first, "the same size, by sixteens")
        memory.drop(second)
        let zeroed = try #require(memory.makeZeroed(6, 8))
        #expect(zeroed == second)
        #expect(UnsafeRawBufferPointer(start: zeroed, count: 48).allSatisfy { $0 == 0 })
        #expect(memory.make(0) != nil)
    }

    @Test func whatIsLargeIsInsideAtFirstOnly() throws {
        defer { block.deallocate() }
        let memory = HTTP2SessionMemory(block)
        let own = try #require(memory.make(2_928))
        let large = try #require(memory.makeZeroed(1, 6_000))
        #expect(isInside(own) && !isInside(large), "as far as there is room")
        memory.drop(large)
        memory.opened()
        let later = try #require(memory.make(224))
        #expect(!isInside(later), "that comes and goes with requests")
        memory.drop(later)
    }

    @Test func theBufferIsInside() throws {
        defer { block.deallocate() }
        let memory = HTTP2SessionMemory(block)
        // How nghttp2 makes it.
        let buffer = try #require(memory.resize(nil, 16_394))
        #expect(isInside(buffer) && isInside(buffer + 16_393))
        #expect(memory.resize(buffer, 16_400) == buffer)
        let other = try #require(memory.make(16_394))
        #expect(!isInside(other), "there is one")
        memory.drop(other)
        buffer.storeBytes(of: 42, toByteOffset: 100, as: UInt8.self)
        let larger = try #require(memory.resize(buffer, 40_000))
        #expect(!isInside(larger) && larger.load(fromByteOffset: 100, as: UInt8.self) == 42)
        memory.drop(larger)
        #expect(memory.make(17_000) == buffer, "its place is free again")
    }

    @Test func whatGrowsKeepsItsContent() throws {
        defer { block.deallocate() }
        let memory = HTTP2SessionMemory(block)
        let own = try #require(memory.make(1_024))
        memory.opened()
        own.storeBytes(of: 7, toByteOffset: 1_023, as: UInt8.self)
        let moved = try #require(memory.resize(own, 2_048))
        #expect(moved.load(fromByteOffset: 1_023, as: UInt8.self) == 7)
        let small = try #require(memory.make(16))
        small.storeBytes(of: 9, toByteOffset: 15, as: UInt8.self)
        #expect(memory.resize(small, 16) == small)
        let bigger = try #require(memory.resize(small, 128))
        #expect(isInside(bigger) && bigger.load(fromByteOffset: 15, as: UInt8.self) == 9)
        memory.drop(moved)
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func blocksAreApart(seed: UInt64) throws {
        defer { block.deallocate() }
        var dice = SeededGenerator(seed: seed)
        let memory = HTTP2SessionMemory(block)
        _ = memory.make(2_928)
        let buffer = try #require(memory.make(16_394))
        memory.opened()
        buffer.initializeMemory(as: UInt8.self, repeating: 255, count: 16_394)
        var live: [(pointer: UnsafeMutableRawPointer, count: Int, mark: UInt8)] = []
        for step in 0..<4_000 {
            if live.count > 60 || !live.isEmpty && dice.next() % 2 == 0 {
                let gone = live.remove(at: Int(dice.next() % UInt64(live.count)))
                let bytes = UnsafeRawBufferPointer(start: gone.pointer, count: gone.count)
                #expect(bytes.allSatisfy { $0 == gone.mark })
                memory.drop(gone.pointer)
            } else {
                let count = Int(dice.next() % 200) + 1
                let pointer = try #require(memory.make(count))
                let mark = UInt8(step % 251)
                pointer.initializeMemory(as: UInt8.self, repeating: mark, count: count)
                live.append((pointer, count, mark))
            }
        }
        #expect(live.contains { isInside($0.pointer) } && live.contains { !isInside($0.pointer) })
        for one in live { memory.drop(one.pointer) }
        #expect(UnsafeRawBufferPointer(start: buffer, count: 16_394).allSatisfy { $0 == 255 })
    }
}
