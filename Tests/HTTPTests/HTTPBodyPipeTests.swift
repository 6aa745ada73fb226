import Reactor
import Testing

@testable import HTTP

/// Content that waits for its reader.
@Suite(.timeLimit(.minutes(1))) struct HTTPBodyPipeTests {
    private static func onLoop(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
        let group = try EventLoopGroup(count: 1)
        let loop = group.loops[0]
        try await loop.run { try await body(loop) }
        group.shutdown()
    }

    @Test func smallPiecesAreJoined() async throws {
        try await Self.onLoop { loop in
            let pipe = HTTPBodyPipe(loop: loop)
            for number in 0..<65_536 { pipe.push([UInt8(truncatingIfNeeded: number)]) }
            #expect(pipe.chunks.count == 16 && pipe.bufferedBytes == 65_536)
            pipe.push([UInt8](repeating: 7, count: 20_000))
            pipe.finish()
            var whole: [UInt8] = []
            while let chunk = try await pipe.next() { whole += chunk }
            #expect(whole == (0..<65_536).map { UInt8(truncatingIfNeeded: $0) } + [UInt8](repeating: 7, count: 20_000))
            #expect(pipe.bufferedBytes == 0)
        }
    }

    /// A reader that never has all.
    @Test func whatWasReadIsDropped() async throws {
        try await Self.onLoop { loop in
            let pipe = HTTPBodyPipe(loop: loop)
            let piece = [UInt8](repeating: 1, count: 5000)
            for number in 0..<10 { pipe.push([UInt8(number)] + piece) }
            for number in 10..<2000 {
                pipe.push([UInt8(truncatingIfNeeded: number)] + piece)
                let chunk = try await pipe.next()
                #expect(chunk?.first == UInt8(truncatingIfNeeded: number - 10))
                #expect(pipe.chunks.count <= 130)
            }
        }
    }
}
