import RPC
import Reactor
import Synchronization
import Valkey

/// The buckets of all replicas, in Valkey; time is the server's.
final class SharedBuckets: Sendable {
    /// KEYS bucket; ARGV microseconds for one token, how many a full one holds, how many are asked for. Gives how many
    /// were taken, how many are left, and microseconds until there is one. The bucket is the moment at which it is full,
    /// and is gone when it is.
    private static let take = ValkeyScript(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local step, burst, asked = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
        local has = math.max(0, math.floor((burst * step - (full - now)) / step))
        local granted = math.min(has, asked)
        if granted == 0 then return {0, 0, math.ceil(full - now - (burst - 1) * step)} end
        full = full + granted * step
        redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
        return {granted, has - granted, 0}
        """
    )
    /// What asking may add to a request.
    private static let patience = Duration.milliseconds(100)
    /// How long nobody asks after it failed.
    private static let pause = Duration.seconds(1)

    private let store: ValkeyClient
    private let awayUntil = Atomic<UInt64>(0)

    init(_ store: ValkeyClient) { self.store = store }

    /// Whether it is worth while to ask.
    func canBeAsked(at now: MonotonicTime) -> Bool { now.nanoseconds >= awayUntil.load(ordering: .relaxed) }

    /// Takes tokens; nil when nobody knows.
    func take(_ count: Int, _ key: LimitTable.Key, _ limit: RateLimit) async -> LeasedBucket.Grant? {
        let name = "gateway:limit:\(key.quota.rawValue):\(key.subject?.key ?? "others")"
        let step = max(1, limit.interval / 1000)
        let reply = try? await store.run(
            Self.take,
            keys: [name],
            arguments: ["\(step)", "\(limit.burst)", "\(count)"],
            deadline: .now().advanced(by: Self.patience)
        )
        guard case .array(let parts) = reply, parts.count == 3, case .integer(let granted) = parts[0],
            case .integer(let left) = parts[1], case .integer(let wait) = parts[2]
        else {
            awayUntil.store(MonotonicTime.now().advanced(by: Self.pause).nanoseconds, ordering: .relaxed)
            return nil
        }
        return LeasedBucket.Grant(count: granted, left: left, wait: .microseconds(wait))
    }
}
