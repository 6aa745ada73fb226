import Testing

@testable import RPC

@Suite struct LocalPipeTests {
    @Test func everythingArrivesInOrder() async throws {
        let pipe = LocalPipe<Int>(capacity: 3)
        async let sum = {
            var expected = 0
            while let value = try await pipe.next() {
                #expect(value == expected)
                expected += 1
            }
            return expected
        }()
        for value in 0..<10_000 {
            try await pipe.send(value)
        }
        pipe.finish()
        #expect(try await sum == 10_000)
    }

    @Test func cancelledReaderStopsWaiting() async throws {
        let pipe = LocalPipe<Int>()
        let task = Task { try await pipe.next() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await pipe.send(5)
        #expect(try await pipe.next() == 5)
    }

    @Test func cancelledWriterStopsWaiting() async throws {
        let pipe = LocalPipe<Int>(capacity: 1)
        try await pipe.send(1)
        let task = Task { try await pipe.send(2) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        pipe.finish()
        #expect(try await pipe.next() == 1)
        #expect(try await pipe.next() == nil)
    }

    @Test func writerHearsThatTheReaderHasGone() async throws {
        let pipe = LocalPipe<Int>(capacity: 1)
        try await pipe.send(1)
        let blocked = Task { try await pipe.send(2) }
        pipe.close(RPCError(.aborted, "gone"))
        await #expect(throws: RPCError(.aborted, "gone")) { try await blocked.value }
    }

    @Test func failureComesAfterWhatWasSent() async throws {
        let pipe = LocalPipe<Int>()
        try await pipe.send(1)
        pipe.finish(throwing: RPCError(.dataLoss, "broken"))
        #expect(try await pipe.next() == 1)
        await #expect(throws: RPCError(.dataLoss, "broken")) { try await pipe.next() }
    }
}
