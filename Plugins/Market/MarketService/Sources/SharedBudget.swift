import Valkey

/// A `TokenBucket` that all replicas share: one number in the store, changed by scripts that read the store's own clock.
struct SharedBudget: Sendable {
    /// What the store says.
    enum Answer: Equatable {
        case go
        case wait(Duration)
        /// It does not answer.
        case unknown
    }

    let store: ValkeyClient
    let key: String
    let interval: Int
    let tolerance: Int

    init(_ store: ValkeyClient, source: String, _ bucket: TokenBucket) {
        self.store = store
        key = "market:budget:\(source)"
        interval = bucket.interval
        tolerance = bucket.tolerance
    }

    func take() async -> Answer {
        do throws(ValkeyError) {
            let reply = try await store.run(Self.taking, keys: [key], arguments: [interval, tolerance])
            let wait = try reply.integer()
            return wait <= 0 ? .go : .wait(.microseconds(wait))
        } catch {
            return .unknown
        }
    }

    /// No call for so many microseconds. Best effort: who does not hear of it hears it from the source.
    func rest(_ time: Int) async {
        _ = try? await store.run(Self.resting, keys: [key], arguments: [time + tolerance])
    }

    private static let taking = ValkeyScript(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
        local wait = full - now - tonumber(ARGV[2])
        if wait > 0 then return math.ceil(wait) end
        full = full + tonumber(ARGV[1])
        redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
        return 0
        """
    )

    private static let resting = ValkeyScript(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now + tonumber(ARGV[1]))
        redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
        return 0
        """
    )
}
