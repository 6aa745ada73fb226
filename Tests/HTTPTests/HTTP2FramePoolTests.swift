import Testing

@testable import HTTP

@Suite struct HTTP2FramePoolTests {
    @Test func blocksAreApartAndComeBack() throws {
        let pool = HTTP2FramePool()
        var blocks = (0..<200).compactMap { _ in pool.take() }
        #expect(blocks.count == 200 && pool.count == 200)
        for (index, block) in blocks.enumerated() {
            block.initializeMemory(as: UInt8.self, repeating: UInt8(index), count: HTTP2FramePool.blockBytes)
        }
        for (index, block) in blocks.enumerated() {
            #expect(pool.contains(block))
            let bytes = UnsafeRawBufferPointer(start: block, count: HTTP2FramePool.blockBytes)
            #expect(bytes.allSatisfy { $0 == UInt8(index) })
        }
        let before = Set(blocks)
        for block in blocks { pool.give(block) }
        #expect(pool.count == 0)
        blocks = (0..<200).compactMap { _ in pool.take() }
        #expect(Set(blocks) == before, "the same ones")
        // Beyond those that are kept warm they have lost their pages, and what was in them.
        let first = blocks.map { $0.load(fromByteOffset: 9_999, as: UInt8.self) }
        #expect(first.filter { $0 == 0 }.count >= 200 - 64)
        for block in blocks { pool.give(block) }
    }

    @Test func growthLeavesThePool() throws {
        let pool = HTTP2FramePool()
        let block = try #require(pool.take())
        block.storeBytes(of: 42, toByteOffset: 100, as: UInt8.self)
        #expect(pool.resize(block, 1) == block)
        #expect(pool.resize(block, HTTP2FramePool.blockBytes) == block)
        let larger = try #require(pool.resize(block, 2 * HTTP2FramePool.blockBytes))
        #expect(!pool.contains(larger) && pool.count == 0)
        #expect(larger.load(fromByteOffset: 100, as: UInt8.self) == 42)
        larger.deallocate()
    }

    @Test func whatIsNotOfItIsMallocs() throws {
        let pool = HTTP2FramePool()
        let other = UnsafeMutableRawPointer.allocate(byteCount: 20_000, alignment: 16)
        #expect(!pool.contains(other))
        let resized = try #require(pool.resize(other, 40_000))
        #expect(!pool.contains(resized))
        resized.deallocate()
        for size in [1, 16_000, HTTP2FramePool.blockBytes + 1] {
            let small = try #require(pool.resize(nil, size))
            #expect(!pool.contains(small))
            small.deallocate()
        }
        // How nghttp2 makes its buffer.
        let made = try #require(pool.resize(nil, 16_394))
        #expect(pool.contains(made) && pool.count == 1)
        pool.give(made)
    }

    /// The buffers of sessions are from here.
    @Test func connectionsUseIt() async throws {
        try await withServer { address, _ in
            let clients = try (0..<20).map { _ in try RawClient(address) }
            for client in clients {
                client.beginHTTP2()
                client.get("/", on: 1)
                _ = try client.frame(except: RawFrame.settings, RawFrame.windowUpdate)
            }
            // Other tests may have more.
            #expect(HTTP2FramePool.shared.count >= 20)
            withExtendedLifetime(clients) {}
        }
    }
}
