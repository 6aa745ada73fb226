import Reactor
import Testing

@testable import RPC

/// A balancer with endpoints that are up, a clock and dice: what the tests of balancing drive.
struct BalancerPool {
    var balancer: Balancer
    var now = MonotonicTime(nanoseconds: 1_000_000_000_000)
    var dice = SplitMix64(seed: 7)
    var ids: [Balancer.ID] = []

    /// - Parameter streams: what each endpoint takes.
    init(_ count: Int, streams: Int = 1000, rules: OutlierRules = OutlierRules(), limits: EndpointLimits = .init())
        throws
    {
        balancer = Balancer(rules: rules, limits: limits)
        try resolve(1...count, streams: streams)
    }

    static func address(_ number: Int) throws -> SocketAddress {
        try #require(SocketAddress(host: "10.0.0.\(number)", port: 50051))
    }

    /// The name stands for these endpoints, and all are up.
    mutating func resolve(_ numbers: ClosedRange<Int>, streams: Int = 1000) throws {
        _ = balancer.resolved(try numbers.map { try Self.address($0) }, now: now)
        ids = balancer.endpoints.map(\.id)
        for id in ids { up(id, streams: streams) }
    }

    mutating func up(_ id: Balancer.ID, streams: Int = 1000, connections: Int = 1) {
        balancer.resized(id, connections: connections, streams: streams)
        balancer.connected(id)
    }

    mutating func pick(avoiding avoided: Balancer.ID? = nil) -> Balancer.ID? {
        guard case .endpoint(let id) = choose(avoiding: avoided) else { return nil }
        return id
    }

    mutating func choose(avoiding avoided: Balancer.ID? = nil) -> Balancer.Choice {
        balancer.pick(now: now, avoiding: avoided, using: &dice)
    }

    /// The endpoint fails calls until it is ejected.
    mutating func eject(_ id: Balancer.ID) {
        for _ in 0..<balancer.rules.failuresInARow {
            balancer.slots[id.slot]?.inFlight += 1
            balancer.finished(id, .failed, nanoseconds: 1000, now: now)
        }
    }

    mutating func pass(_ time: Duration) { now = now.advanced(by: time) }

    /// Makes calls one after the other, `gap` apart; each takes what `answer` says.
    /// - Returns: how many each endpoint got.
    @discardableResult
    mutating func call(
        _ count: Int,
        gap: Duration = .milliseconds(1),
        _ answer: (Balancer.ID, Int) -> (CallVerdict, milliseconds: Double)
    ) -> [Balancer.ID: Int] {
        var counts: [Balancer.ID: Int] = [:]
        for number in 0..<count {
            pass(gap)
            guard let id = pick() else { continue }
            counts[id, default: 0] += 1
            let (verdict, milliseconds) = answer(id, number)
            balancer.finished(id, verdict, nanoseconds: UInt64(milliseconds * 1e6), now: now)
        }
        return counts
    }
}

/// The macros' own way to look at a value leaves no room for calls that change what they are called on.
func found<Value>(_ value: Value?, sourceLocation: SourceLocation = #_sourceLocation) throws -> Value {
    try #require(value, sourceLocation: sourceLocation)
}

/// Compares what a call that changes something gave.
func expect<Value: Equatable>(_ value: Value, _ wanted: Value, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(value == wanted, sourceLocation: sourceLocation)
}
