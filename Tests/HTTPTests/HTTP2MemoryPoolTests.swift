import Testing

@testable import HTTP

@Suite struct HTTP2MemoryPoolTests {
    @Test func blocksAreApartAndComeBack() throws {
        let pool = HTTP2MemoryPool()
        var blocks = (0..<200).compactMap { _ in pool.take() }
        #expect(blocks.count == 200 && pool.count == 200)
        for (index, block) in blocks.enumerated() {
            block.initializeMemory(as: UInt8.self, repeating: UInt8(index), count: HTTP2MemoryPool.blockBytes)
        }
        for (index, block) in blocks.enumerated() {
            let bytes = UnsafeRawBufferPointer(start: block, count: HTTP2MemoryPool.blockBytes)
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

    /// Sessions are in it.
    @Test func connectionsUseIt() async throws {
        try await withServer { address, _ in
            let clients = try (0..<20).map { _ in try RawClient(address) }
            for client in clients {
                client.beginHTTP2()
                client.get("/", on: 1)
                _ = try client.frame(except: RawFrame.settings, RawFrame.windowUpdate)
            }
            // Other tests may have more.
            #expect(HTTP2MemoryPool.shared.count >= 20)
            withExtendedLifetime(clients) {}
        }
    }
}
