import Valkey

/// What happens to a user's sessions in one step. Keys: `auth:{user}:x` (sorted set: ids of the sessions, by the
/// millisecond in which each ends), `auth:{user}:s:id` (record; the scripts make its key from the prefix and an id),
/// `auth:{user}:e` (floor: an account's epoch that was raised a short while ago). Beside them are the two keys of
/// `SessionChanges`: what ends a session, or changes what it is worth, is noted there in the same step. Those are of all
/// users, so all sessions are on one primary.
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

    /// Gives a change its number. The first one of a store is the time, so that a store that was emptied does not count
    /// again what was counted before. The list is twice as long as what is told of it at a time.
    private static let note = """
        local function note(counter, changes, user)
            local number = redis.call('INCR', counter)
            if number == 1 then
                local time = redis.call('TIME')
                number = time[1] * 1000000 + time[2]
                redis.call('SET', counter, string.format('%.0f', number))
            end
            redis.call('ZADD', changes, string.format('%.0f', number), user)
            redis.call('ZREMRANGEBYRANK', changes, 0, -\(2 * SessionChanges.most + 1))
        end

        """

    /// KEYS index, record, floor, counter, changes; ARGV now, end, most, prefix, id, value, epoch, user. Ends the sessions that were idle
    /// longest if there are too many. Gives how many; -1 if the epoch is below the floor: who logs in proved it with
    /// what has been changed meanwhile.
    static let open = ValkeyScript(
        prune + note + """
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
            if ended > 0 then note(KEYS[4], KEYS[5], ARGV[8]) end
            redis.call('SET', KEYS[2], ARGV[6], 'PX', math.max(1, ARGV[2] - now))
            redis.call('ZADD', index, ARGV[2], ARGV[5])
            settle(index, now)
            return ended
            """
    )

    /// KEYS index, record, counter, changes; ARGV now, end, id, old value, new value, user. The user is empty where the
    /// change is that the session was seen. Gives whether the old value still stood there.
    static let replace = ValkeyScript(
        prune + note + """
            if redis.call('GET', KEYS[2]) ~= ARGV[4] then return 0 end
            local now = tonumber(ARGV[1])
            redis.call('SET', KEYS[2], ARGV[5], 'PX', math.max(1, ARGV[2] - now))
            redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
            settle(KEYS[1], now)
            if ARGV[6] ~= '' then note(KEYS[3], KEYS[4], ARGV[6]) end
            return 1
            """
    )

    /// KEYS index, floor, counter, changes; ARGV now, prefix, mode, id, epoch, how long it is to be the floor, user. Mode `only` ends the
    /// session of that id, `but` all others, `none` no one. Those that stay get the epoch, if they have an earlier one;
    /// 0 leaves it. Gives how many ended.
    static let end = ValkeyScript(
        prune + note + """
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
            if ended > 0 then note(KEYS[3], KEYS[4], ARGV[7]) end
            return ended
            """
    )

    /// KEYS counter, changes; ARGV a number, the most to be told. Gives the last number, whether all changes since that
    /// number are there, and the users.
    static let changes = ValkeyScript(
        """
        local last, since = tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(ARGV[1])
        local told = { string.format('%.0f', last), '0' }
        if last < since or last - since > tonumber(ARGV[2]) then return told end
        told[2] = '1'
        for _, user in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf')) do told[#told + 1] = user end
        return told
        """
    )

    /// KEYS counter. Leaves so many numbers out that nobody can be told what was between, and as many as microseconds have
    /// passed since the last time, so that no other server has given them.
    static let jump = ValkeyScript(
        """
        local time = redis.call('TIME')
        local last = tonumber(redis.call('GET', KEYS[1]) or 0)
        local number = math.max(last + \(2 * SessionChanges.most), time[1] * 1000000 + time[2])
        redis.call('SET', KEYS[1], string.format('%.0f', number))
        return 1
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
