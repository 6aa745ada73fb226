import Valkey

/// What happens to a user's sessions in one step. All keys of a user have the hash tag `{user}`, so that the scripts
/// may make a record's key from the prefix and an id, in a cluster too: they are all in one slot. Keys: `auth:{user}:x`
/// (sorted set: ids of the sessions, by the millisecond in which each ends), `auth:{user}:s:id` (record),
/// `auth:{user}:e` (floor: an account's epoch that was raised a short while ago).
enum SessionScripts {
    /// Takes those out of the index that are over, and lets it go by itself with the last of the others.
    private static let prune = """
        local function prune(index, prefix, now)
            local over = redis.call('ZRANGEBYSCORE', index, '-inf', now)
            for _, id in ipairs(over) do redis.call('DEL', prefix .. id) end
            if #over > 0 then redis.call('ZREMRANGEBYSCORE', index, '-inf', now) end
        end
        local function settle(index, now)
            local last = redis.call('ZREVRANGE', index, 0, 0, 'WITHSCORES')
            if last[2] then redis.call('PEXPIRE', index, math.max(1, last[2] - now)) end
        end

        """

    /// KEYS index, record, floor; ARGV now, end, most, prefix, id, value, epoch. Ends the sessions that were idle
    /// longest if there are too many. Gives how many; -1 if the epoch is below the floor: who logs in proved it with
    /// what has been changed meanwhile.
    static let open = ValkeyScript(
        prune + """
            local index, now, prefix = KEYS[1], tonumber(ARGV[1]), ARGV[4]
            if tonumber(redis.call('GET', KEYS[3]) or 0) > tonumber(ARGV[7]) then return -1 end
            prune(index, prefix, now)
            local ended = 0
            while redis.call('ZCARD', index) >= tonumber(ARGV[3]) do
                local oldest, seen
                for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
                    local bytes = redis.call('GETRANGE', prefix .. id, 1, 8)
                    local at = #bytes == 8 and struct.unpack('>I8', bytes) or 0
                    if not seen or at < seen then oldest, seen = id, at end
                end
                redis.call('DEL', prefix .. oldest)
                redis.call('ZREM', index, oldest)
                ended = ended + 1
            end
            redis.call('SET', KEYS[2], ARGV[6], 'PX', math.max(1, ARGV[2] - now))
            redis.call('ZADD', index, ARGV[2], ARGV[5])
            settle(index, now)
            return ended
            """
    )

    /// KEYS index, record; ARGV now, end, id, old value, new value. Gives whether the old one still stood there.
    static let replace = ValkeyScript(
        prune + """
            if redis.call('GET', KEYS[2]) ~= ARGV[4] then return 0 end
            local now = tonumber(ARGV[1])
            redis.call('SET', KEYS[2], ARGV[5], 'PX', math.max(1, ARGV[2] - now))
            redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
            settle(KEYS[1], now)
            return 1
            """
    )

    /// KEYS index, floor; ARGV now, prefix, mode, id, epoch, how long it is to be the floor. Mode `only` ends the
    /// session of that id, `but` all others, `none` no one. Those that stay get the epoch, if they have an earlier one;
    /// 0 leaves it. Gives how many ended.
    static let end = ValkeyScript(
        prune + """
            local index, now, prefix, mode = KEYS[1], tonumber(ARGV[1]), ARGV[2], ARGV[3]
            prune(index, prefix, now)
            local ended, epoch = 0, tonumber(ARGV[5])
            for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
                local key = prefix .. id
                if (mode == 'only' and id == ARGV[4]) or (mode == 'but' and id ~= ARGV[4]) then
                    ended = ended + redis.call('DEL', key)
                    redis.call('ZREM', index, id)
                elseif epoch > 0 and redis.call('EXISTS', key) == 1 then
                    if struct.unpack('>I8', redis.call('GETRANGE', key, 41, 48)) < epoch then
                        redis.call('SETRANGE', key, 41, struct.pack('>I8', epoch))
                    end
                end
            end
            if tonumber(ARGV[6]) > 0 and tonumber(redis.call('GET', KEYS[2]) or 0) < epoch then
                redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[6])
            end
            settle(index, now)
            return ended
            """
    )

    /// KEYS index; ARGV now, prefix. Gives ids and records, in turn.
    static let list = ValkeyScript(
        prune + """
            local index, prefix = KEYS[1], ARGV[2]
            prune(index, prefix, tonumber(ARGV[1]))
            local found = {}
            for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
                local value = redis.call('GET', prefix .. id)
                if value then
                    found[#found + 1] = id
                    found[#found + 1] = value
                else
                    redis.call('ZREM', index, id)
                end
            end
            settle(index, tonumber(ARGV[1]))
            return found
            """
    )
}
