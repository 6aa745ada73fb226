import Glibc
import HTTP
import Testing

@testable import Fetch

@Suite struct ContentDecoderTests {
    /// Decodes all of it, in pieces of a size that `piece` gives, into spaces of a size that `space` gives.
    private static func decode(
        _ coded: [UInt8],
        _ coding: ContentCoding,
        piece: () -> Int = { 1000 },
        space: () -> Int = { 5000 }
    ) throws(FetchError) -> [UInt8] {
        let decoder = try ContentDecoder(coding)
        var position = 0
        var all: [UInt8] = []
        while position < coded.count || !decoder.isIdle {
            if position < coded.count, decoder.hasRoom {
                let end = min(coded.count, position + piece())
                coded.withUnsafeBytes { decoder.feed(UnsafeRawBufferPointer(rebasing: $0[position..<end])) }
                position = end
            }
            var chunk = [UInt8](repeating: 0xee, count: space())
            let made: Result<Int, FetchError> = chunk.withUnsafeMutableBytes { bytes in
                do throws(FetchError) { return .success(try decoder.decode(into: bytes)) } catch {
                    return .failure(error)
                }
            }
            all += try chunk[..<made.get()]
        }
        try decoder.end()
        return all
    }

    private static func outcome(_ coded: [UInt8], _ coding: ContentCoding) -> Result<[UInt8], FetchError> {
        do throws(FetchError) { return .success(try decode(coded, coding)) } catch { return .failure(error) }
    }

    private static func code(_ coded: [UInt8], _ coding: ContentCoding) -> FetchError.Code? {
        if case .failure(let error) = outcome(coded, coding) { error.code } else { nil }
    }

    /// Something between zeros and noise.
    private static func content(_ random: inout SeededGenerator, upTo most: Int) -> [UInt8] {
        let kinds = UInt8.random(in: 0...255, using: &random)
        return (0..<Int.random(in: 0...most, using: &random)).map { _ in UInt8.random(in: 0...kinds, using: &random) }
    }

    @Test(arguments: 0..<40) func anyContentInAnyPieces(_ seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let content = Self.content(&random, upTo: 300_000)
        let level = Int32.random(in: 0...9, using: &random)
        let most = [1, 7, 300, 70_000][Int(seed) % 4]
        for (coded, coding) in [
            (Coder.gzip(content, level: level), .gzip), (Coder.zlib(content, level: level), .deflate),
            (Coder.raw(content, level: level), .deflate),
        ] as [([UInt8], ContentCoding)] {
            // A byte at a time takes its time.
            let size = min(most, max(most, coded.count / 3000))
            let decoded = try Self.decode(
                coded,
                coding,
                piece: { Int.random(in: 1...max(size, coded.count / 5000), using: &random) },
                space: { Int.random(in: 1...max(size, content.count / 5000), using: &random) }
            )
            #expect(decoded.count == content.count && memcmp(decoded, content, content.count) == 0)
        }
    }

    @Test func severalMembers() throws {
        let parts = [Array("one".utf8), [], Array("three".utf8), []]
        #expect(try Self.decode(parts.flatMap { Coder.gzip($0) }, .gzip) == Array("onethree".utf8))
        #expect(try Self.decode([], .gzip).isEmpty)
        #expect(try Self.decode([], .deflate).isEmpty)
    }

    @Test func whatIsCutIsAnError() {
        let content = Array(String(repeating: "cut somewhere; ", count: 30).utf8)
        for (coded, coding) in [
            (Coder.gzip(content), .gzip), (Coder.zlib(content), .deflate), (Coder.raw(content), .deflate),
        ] as [([UInt8], ContentCoding)] {
            #expect(Self.code(coded, coding) == nil)
            for count in 1..<coded.count {
                #expect(Self.code(Array(coded[..<count]), coding) == .protocolViolation, "\(coding) cut to \(count)")
            }
        }
    }

    @Test func whatFollowsIsAnError() {
        for tail in [[0], [0x78], [0x1f], [0x1f, 0x8b], Array("more".utf8)] as [[UInt8]] {
            #expect(Self.code(Coder.gzip([1, 2, 3]) + tail, .gzip) == .protocolViolation)
            #expect(Self.code(Coder.zlib([1, 2, 3]) + tail, .deflate) == .protocolViolation)
            #expect(Self.code(Coder.raw([1, 2, 3]) + tail, .deflate) == .protocolViolation)
        }
        // A second stream is one that nobody announced.
        #expect(Self.code(Coder.zlib([1]) + Coder.zlib([2]), .deflate) == .protocolViolation)
    }

    /// Whatever bit is wrong, nothing else than the content comes out without an error: the check and the length see to it.
    @Test func whatIsDamagedIsAnError() {
        let content = Array(String(repeating: "damaged somewhere; ", count: 20).utf8)
        let coded = Coder.gzip(content)
        var errors = 0
        for position in 0..<coded.count {
            for bit in 0..<8 {
                var damaged = coded
                damaged[position] ^= 1 << UInt8(bit)
                switch Self.outcome(damaged, .gzip) {
                case .failure(let error):
                    errors += 1
                    #expect(error.code == .protocolViolation)
                case .success(let bytes):
                    // Fields of the head that say nothing, and other ways of saying the same.
                    #expect(bytes == content, "bit \(bit) of \(position)")
                }
            }
        }
        #expect(errors > (coded.count - 20) * 8)
    }

    @Test func noiseIsAnError() {
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededGenerator(state: seed)
            let noise = Self.content(&random, upTo: 3000) + [0xff]
            #expect(Self.code(noise, .gzip) == .protocolViolation)
            _ = Self.outcome(noise, .deflate)
        }
    }

    /// What is small and becomes large comes in slices, however it is asked for.
    @Test func aBombComesInSlices() throws {
        let coded = Coder.gzip([UInt8](repeating: 0, count: 64 << 20), level: 9)
        let decoder = try ContentDecoder(.gzip)
        var space = [UInt8](repeating: 0, count: 32 << 10)
        var (position, total, slices) = (0, 0, 0)
        while position < coded.count || !decoder.isIdle {
            if position < coded.count, decoder.hasRoom {
                let end = min(coded.count, position + 16384)
                coded.withUnsafeBytes { decoder.feed(UnsafeRawBufferPointer(rebasing: $0[position..<end])) }
                position = end
            }
            total += try space.withUnsafeMutableBytes { try decoder.decode(into: $0) }
            slices += 1
        }
        try decoder.end()
        #expect(total == 64 << 20)
        #expect(slices >= 2048)
    }

    @Test func readsTheFields() throws {
        func coding(_ values: String...) throws -> ContentCoding? {
            var fields = HTTPFields()
            for value in values { fields.append("Content-Encoding", value) }
            return try ContentCoding.of(fields)
        }
        #expect(try coding() == nil)
        #expect(try coding("") == nil)
        #expect(try coding("identity") == nil)
        #expect(try coding("GZip") == .gzip)
        #expect(try coding(" x-gzip , identity") == .gzip)
        #expect(try coding("deflate") == .deflate)
        #expect(throws: FetchError.self) { try coding("br") }
        #expect(throws: FetchError.self) { try coding("gzip, gzip") }
        #expect(throws: FetchError.self) { try coding("gzip", "deflate") }
    }
}
