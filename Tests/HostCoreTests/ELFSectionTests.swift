import Foundation
import Plugin
import Testing

@testable import HostCore

@Suite struct ELFSectionTests {
    private let file: [UInt8]

    init() throws {
        self.file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: BuildFolder.file("libWebPlugin.so"))))
    }

    @Test func findsTheStampOfARealPlugin() throws {
        let stamp = try #require(PluginStamp(bytes: try ELFSection.find(".lonja", in: self.file)))
        #expect(stamp.kind == "service" && stamp.name == "web")
        #expect(stamp.sdkHash == HostStamp.own.sdkHash)
    }

    @Test func aSectionThatIsNotThere() {
        #expect(throws: ELFSection.Failure.absent) { try ELFSection.find(".lonjas", in: self.file) }
        #expect(throws: ELFSection.Failure.absent) { try ELFSection.find(".lonj", in: self.file) }
    }

    @Test func otherKindsOfFile() {
        for (offset, value) in [(4, UInt8(1)), (5, 2), (16, 2), (18, 0xB7)] {
            var changed = self.file
            changed[offset] = value
            #expect(throws: ELFSection.Failure.self) { try ELFSection.find(".lonja", in: changed) }
        }
    }

    /// Any bytes are safe: cut anywhere, and with the header and the section table full of noise.
    @Test func noise() throws {
        let table = self.file[40..<48].reversed().reduce(0) { $0 << 8 | Int($1) }
        // The header and the table decide everything; keeping only them keeps the test quick.
        let size = 64 + 64 * 64
        var small = Array(self.file[..<64]) + Array(self.file[table...].prefix(size))
        small[40] = 64
        for index in 41..<48 { small[index] = 0 }
        var generator = SystemRandomNumberGenerator()
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = small
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            do { _ = try ELFSection.find(".lonja", in: bytes) } catch { refused += 1 }
        }
        #expect(refused > 0)
    }
}
