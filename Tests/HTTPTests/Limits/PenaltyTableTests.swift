import Reactor
import Testing

@testable import HTTP

@Suite struct PenaltyTableTests {
    /// A table, its peers by the last byte of their addresses, and times in seconds since it was made.
    private final class Subject {
        private var table: PenaltyTable
        private let begun = MonotonicTime.now()
        var count: Int { table.count }

        init(_ change: (inout PenaltyTable.Limits) -> Void = { _ in }) {
            var limits = PenaltyTable.Limits()
            change(&limits)
            table = PenaltyTable(limits)
        }

        private func at(_ seconds: Int) -> MonotonicTime { begun.advanced(by: .seconds(seconds)) }

        private func key(_ peer: Int) throws -> PenaltyTable.Key {
            try #require(PenaltyTable.Key([10, 0, UInt8(peer >> 8), UInt8(peer & 255)]))
        }

        /// The penalty that begins, in seconds.
        func strike(_ peer: Int, _ seconds: Int) throws -> Int64? {
            table.strike(try key(peer), at: at(seconds))?.components.seconds
        }

        func refuses(_ peer: Int, _ seconds: Int) throws -> Bool { table.refuses(try key(peer), at: at(seconds)) }
    }

    @Test func threeAreForgivenAndTheFourthIsNot() throws {
        let table = Subject()
        for _ in 0..<3 { #expect(try table.strike(1, 0) == nil) }
        #expect(try !table.refuses(1, 0))
        #expect(try table.strike(1, 0) == 10)
        #expect(try table.refuses(1, 9))
        #expect(try !table.refuses(1, 10))
        #expect(try !table.refuses(2, 0), "somebody else")
    }

    @Test func oneAMinuteIsForgiven() throws {
        let table = Subject()
        for minute in 0..<100 { #expect(try table.strike(1, 60 * minute) == nil) }
        // Two a minute are too many in the end: four are left of the sixth, when two have been forgiven.
        let first = try (0..<100).first { try table.strike(2, 30 * $0) != nil }
        #expect(first == 5)
    }

    @Test func eachPenaltyIsTwiceAsLongUpToALimit() throws {
        let table = Subject()
        var now = 0
        var found: [Int64] = []
        for _ in 0..<3 { _ = try table.strike(1, 0) }
        for _ in 0..<9 {
            let length = try #require(try table.strike(1, now))
            found.append(length)
            now += Int(length)
            #expect(try table.refuses(1, now - 1))
            #expect(try !table.refuses(1, now))
        }
        #expect(found == [10, 20, 40, 80, 160, 320, 600, 600, 600])
    }

    @Test func whatEndsDuringAPenaltyCameInBefore() throws {
        let table = Subject()
        for _ in 0..<4 { _ = try table.strike(1, 0) }
        for _ in 0..<1000 { #expect(try table.strike(1, 5) == nil) }
        #expect(try !table.refuses(1, 10))
        #expect(try table.strike(1, 10) == 20)
    }

    @Test func whoStaysAwayIsForgotten() throws {
        let table = Subject()
        for _ in 0..<4 { _ = try table.strike(1, 0) }
        #expect(try table.strike(1, 10 + 899) == 20)
        #expect(try table.strike(1, 10 + 899 + 20 + 900) == nil, "as if it were the first")
    }

    @Test func addressesAreBoundedAndThePenalizedStayLongest() throws {
        let table = Subject { $0.addresses = 64 }
        for _ in 0..<4 { _ = try table.strike(1, 0) }
        for peer in 2..<10_000 {
            #expect(try table.strike(peer, 1) == nil)
            #expect(table.count <= 64)
        }
        #expect(try table.refuses(1, 2))
    }

    @Test func anAddressIsAPeer() throws {
        #expect(PenaltyTable.Key([]) == nil, "a unix socket")
        func key(_ host: String) -> PenaltyTable.Key? { .init(SocketAddress(host: host, port: 1)?.hostBytes ?? []) }
        #expect(key("192.0.2.1") != nil && key("192.0.2.1") != key("192.0.2.2"))
        #expect(key("192.0.2.1") == key("::ffff:192.0.2.1"))
        #expect(key("2001:db8::1") != nil && key("2001:db8::1") == key("2001:db8::ffff:1"), "one host has all of them")
        #expect(key("2001:db8::1") != key("2001:db8:0:1::1"))
        #expect(PenaltyTable.Key([0, 0, 0, 0, 1, 2, 3, 4] + [UInt8](repeating: 0, count: 8)) != key("1.2.3.4"))
    }
}
