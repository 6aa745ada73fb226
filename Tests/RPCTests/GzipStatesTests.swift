import Testing

@testable import RPC

@Suite struct GzipStatesTests {
    private static func message(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
    }

    /// What is framed, without its prefix.
    private static func compressed(_ message: [UInt8]) async -> [UInt8] {
        Array(await GzipStates().framed(message).dropFirst(5))
    }

    @Test(arguments: [1_000, 16 << 10, (16 << 10) + 1, 300_000])
    func messagesComeBack(count: Int) async throws {
        let message = Self.message(count)
        let states = GzipStates()
        for _ in 0..<3 {
            let frame = await states.framed(message)
            #expect(frame[0] == 1)
            #expect(frame.count < message.count)
            var deframer = MessageDeframer(limit: count)
            deframer.acceptsCompressed = true
            var found: [[UInt8]] = []
            try frame.withUnsafeBytes { bytes in
                try deframer.append(bytes) { message, isCompressed in
                    #expect(isCompressed)
                    found.append(message)
                }
            }
            #expect(try await states.inflated(found[0], limit: count) == message)
        }
    }

    @Test
    func whatWouldGrowIsSentAsItIs() async {
        var generator = SystemRandomNumberGenerator()
        for count in [0, 1, 20, 5_000] {
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(await GzipStates().framed(noise) == MessageDeframer.frame(noise))
        }
    }

    @Test
    func theInflatedSizeIsCountedAsItComes() async throws {
        let bomb = await Self.compressed([UInt8](repeating: 0, count: 16 << 20))
        #expect(bomb.count < 20_000)
        let error = await #expect(throws: RPCError.self) {
            try await GzipStates().inflated(bomb, limit: 1 << 20)
        }
        #expect(error?.code == .resourceExhausted)
        let limit = await Self.compressed(Self.message(5_000))
        #expect(try await GzipStates().inflated(limit, limit: 5_000).count == 5_000)
        await #expect(throws: RPCError.self) { try await GzipStates().inflated(limit, limit: 4_999) }
    }

    @Test
    func whatIsNoGzipIsRefusedAndTheStateGoesOn() async throws {
        let message = Self.message(2_000)
        let good = await Self.compressed(message)
        let states = GzipStates()
        var broken = [[], [0], good + [0], good + good, Array("hello, world".utf8)]
        broken += (1..<good.count).map { Array(good.prefix($0)) }
        broken.append(good.enumerated().map { $0.offset == good.count - 6 ? ~$0.element : $0.element })
        for each in broken {
            let error = await #expect(throws: RPCError.self) { try await states.inflated(each, limit: 1 << 20) }
            #expect(error?.code == .internalError)
        }
        #expect(try await states.inflated(good, limit: 1 << 20) == message)
    }

    @Test
    func listsOfCodingsAreRead() {
        func namesGzip(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { $0.namesGzip } }
        for text in ["gzip", "identity, deflate, gzip", "identity,gzip,deflate", " gzip "] { #expect(namesGzip(text)) }
        for text in ["", "gzi", "identity", "xgzip", "gzip2,deflate"] { #expect(!namesGzip(text)) }
    }

    @Test
    func requestsAreCompressedWhereItIsAskedForOrWorthWhile() {
        typealias Case = (
            call: MessageCompression, channel: MessageCompression, small: Bool, large: Bool, accepts: Bool
        )
        let cases: [Case] = [
            (.automatic, .none, false, false, false), (.automatic, .automatic, false, false, true),
            (.automatic, .gzip, false, true, true), (.none, .gzip, false, false, true),
            (.gzip, .none, true, true, true),
        ]
        for each in cases {
            let compression = RequestCompression(each.call, channel: each.channel)
            #expect(compression.isWanted(for: Self.message(10), .automatic) == each.small)
            #expect(compression.isWanted(for: Self.message(1024), .automatic) == each.large)
            #expect(compression.isWanted(for: Self.message(1024), .gzip) == compression.offers)
            #expect(!compression.isWanted(for: Self.message(1024), .none))
            #expect(compression.accepts == each.accepts)
        }
    }
}
