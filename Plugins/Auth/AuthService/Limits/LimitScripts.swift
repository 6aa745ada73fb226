import Valkey

/// The limits' steps in the store. What is tried counts before it is known whether it fails, so that a thousand tries
/// at once are not a thousand free ones.
enum LimitScripts {
    /// KEYS times (sorted set); ARGV now, name of this one, then for each window: most, span. Gives the milliseconds to
    /// wait; at 0 this one is counted.
    static let window = ValkeyScript(
        """
        local now, wait, longest = tonumber(ARGV[1]), 0, 0
        for i = 3, #ARGV, 2 do
            local most, span = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
            if span > longest then longest = span end
            local since = '(' .. string.format('%.0f', now - span)
            local counted = redis.call('ZRANGEBYSCORE', KEYS[1], since, '+inf', 'WITHSCORES')
            local count = #counted / 2
            if count >= most then
                local leaves = counted[2 * (count - most + 1)] + span
                if leaves - now > wait then wait = leaves - now end
            end
        end
        if wait > 0 then return wait end
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - longest)
        redis.call('ZADD', KEYS[1], now, ARGV[2])
        redis.call('PEXPIRE', KEYS[1], longest)
        return 0
        """
    )

    /// KEYS failures (hash: `n` how many, `t` not before); ARGV now, memory, then the wait after each failure. Gives
    /// the milliseconds to wait; at 0 this try is counted as a failure, until it is told otherwise.
    static let backoff = ValkeyScript(
        """
        local now = tonumber(ARGV[1])
        local state = redis.call('HMGET', KEYS[1], 'n', 't')
        local count, notBefore = tonumber(state[1]) or 0, tonumber(state[2]) or 0
        if notBefore > now then return notBefore - now end
        count = count + 1
        local wait = ARGV[2 + math.min(count, #ARGV - 2)]
        redis.call('HSET', KEYS[1], 'n', count, 't', now + wait)
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return 0
        """
    )

    /// KEYS failures. The last try was none: nobody could say whether it failed.
    static let takeBack = ValkeyScript(
        """
        local count = tonumber(redis.call('HGET', KEYS[1], 'n') or 0)
        if count > 1 then
            redis.call('HSET', KEYS[1], 'n', count - 1, 't', 0)
        else
            redis.call('DEL', KEYS[1])
        end
        return 1
        """
    )
}
