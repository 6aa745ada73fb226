import Observe
import Plugin
import Valkey

/// A `DelayBuffer` for each symbol that all replicas share: sorted sets by the time of observation, in milliseconds. What
/// is younger than the delay is in the store, but no script gives it.
struct SharedDelays: Sendable {
    let store: ValkeyClient

    /// Notes what was observed at `now`, and gives for each symbol the newest that was observed `delay` ago or earlier.
    func exchange(
        _ observed: [SourcedQuote],
        at now: WallTime,
        delay: Duration,
        spacing: Duration
    ) async throws(ValkeyError) -> [SourcedQuote?] {
        let moment = Int(now.nanosecondsSinceEpoch / 1_000_000)
        let (late, gap) = (Int(delay / .milliseconds(1)), Int(spacing / .milliseconds(1)))
        let keys = observed.map { "market:delay:\($0.label.name):\($0.quote.symbol)" }
        let texts = observed.map { "\(moment)|\(QuoteRecord.encode($0.quote))" }
        let head: [any ValkeyArgument] = [moment, late, gap]
        let reply = try await store.run(Self.exchanging, keys: keys, arguments: head + texts)
        let items = try reply.optionals(String.self)
        return zip(observed, items).map { observed, text in
            // After the time of observation.
            guard let text, let bar = text.firstIndex(of: "|"),
                let quote = QuoteRecord.decode(text[text.index(after: bar)...], symbol: observed.quote.symbol)
            else { return nil }
            return SourcedQuote(quote, observed.label)
        }
    }

    private static let exchanging = ValkeyScript(
        """
        local now, delay, gap = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local result = {}
        for i = 1, #KEYS do
            local last = redis.call('ZREVRANGE', KEYS[i], 0, 0, 'WITHSCORES')
            if #last == 0 or tonumber(last[2]) + gap <= now then
                redis.call('ZADD', KEYS[i], now, ARGV[3 + i])
                redis.call('PEXPIRE', KEYS[i], 86400000)
            end
            local shown = redis.call('ZREVRANGEBYSCORE', KEYS[i], now - delay, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
            if #shown > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', '(' .. shown[2]) end
            result[i] = shown[1] or false
        end
        return result
        """
    )
}
