import Config
import RPC
import Synchronization

/// Lets requests in while there is room. Any thread.
final class OccupancyGate: Sendable {
    /// A place, until it is let go of.
    struct Place: ~Copyable, Sendable {
        private let gate: OccupancyGate
        let address: LimitSubject?
        private let isStream: Bool

        fileprivate init(_ gate: OccupancyGate, _ address: LimitSubject?, isStream: Bool) {
            self.gate = gate
            self.address = address
            self.isStream = isStream
        }

        deinit { gate.occupancy.withLock { $0.leave(address, isStream: isStream) } }
    }

    private let occupancy: Mutex<Occupancy>

    init(_ limits: Occupancy.Limits) { occupancy = Mutex(Occupancy(limits)) }

    /// How many are inside.
    var count: Int { occupancy.withLock { $0.count } }

    /// A place of its own for what is held by many.
    final class Permit: Sendable {
        private let place: Place

        fileprivate init(_ place: consuming Place) { self.place = place }
    }

    /// A place, if there is room.
    func place(_ address: LimitSubject?, isStream: Bool) -> Place? {
        guard occupancy.withLock({ $0.enter(address, isStream: isStream) }) == .entered else { return nil }
        return Place(self, address, isStream: isStream)
    }

    /// - Throws: 503 or 429 at once where there is no room.
    func enter(_ address: LimitSubject?, isStream: Bool) throws -> Permit {
        switch occupancy.withLock({ $0.enter(address, isStream: isStream) }) {
        case .entered: return Permit(Place(self, address, isStream: isStream))
        case .full:
            throw RPCError(
                .unavailable,
                "too much is being answered at the moment",
                reason: "overloaded",
                retryAfter: .seconds(1)
            )
        case .tooMany:
            throw RPCError(
                .resourceExhausted,
                "too many requests of this address are being answered",
                reason: "rate-limited",
                retryAfter: .seconds(1)
            )
        }
    }
}

extension Occupancy.Limits {
    private static let most = 1...1_000_000

    static let settings: [Setting] = [
        .int("gateway.limits.requests", default: 1024, range: most, "requests being answered at once; 503 above"),
        .int("gateway.limits.requestsPerAddress", default: 256, range: most, "of one address; 429 above"),
        .int("gateway.limits.streams", default: 20_000, range: most, "streams of events open at once; 503 above"),
        .int("gateway.limits.streamsPerAddress", default: 200, range: most, "of one address; 429 above"),
    ]

    init(_ settings: Settings) {
        self.init(
            requests: settings.int("gateway.limits.requests"),
            requestsPerAddress: settings.int("gateway.limits.requestsPerAddress"),
            streams: settings.int("gateway.limits.streams"),
            streamsPerAddress: settings.int("gateway.limits.streamsPerAddress")
        )
    }
}
