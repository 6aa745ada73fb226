import Valkey

/// What happens to a code in one step. A record is a hash: `d` what it is good for, `c` and `cu` the code's hash and
/// until when it is good, `l` and `lu` the same of the link, `n` how many wrong tries are left.
enum CodeScripts {
    /// KEYS record; ARGV life, then fields and values. The record before it is gone.
    static let issue = ValkeyScript(
        """
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], unpack(ARGV, 2))
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return 1
        """
    )

    /// KEYS record; ARGV now, hash of the code that was typed in. Gives all of the record and its time left, and
    /// deletes it; or `wrong`, which counts, or `dead`, where nothing is compared any more. The last wrong try ends the
    /// code and leaves the link, which cannot be guessed: else anybody could keep others from verifying their address.
    static let redeemCode = ValkeyScript(
        """
        local code = redis.call('HMGET', KEYS[1], 'c', 'cu', 'n', 'l')
        if not code[1] or tonumber(code[3]) <= 0 or tonumber(code[2]) <= tonumber(ARGV[1]) then return 'dead' end
        if code[1] ~= ARGV[2] then
            if redis.call('HINCRBY', KEYS[1], 'n', -1) <= 0 then
                redis.call('HDEL', KEYS[1], 'c')
                if not code[4] then redis.call('DEL', KEYS[1]) end
            end
            return 'wrong'
        end
        local all = {redis.call('HGETALL', KEYS[1]), redis.call('PTTL', KEYS[1])}
        redis.call('DEL', KEYS[1])
        return all
        """
    )

    /// KEYS record; ARGV now, hash of the link's secret. Gives as `redeemCode` does; a wrong one does not count.
    static let redeemLink = ValkeyScript(
        """
        local link = redis.call('HMGET', KEYS[1], 'l', 'lu')
        if not link[1] or tonumber(link[2]) <= tonumber(ARGV[1]) then return 'dead' end
        if link[1] ~= ARGV[2] then return 'wrong' end
        local all = {redis.call('HGETALL', KEYS[1]), redis.call('PTTL', KEYS[1])}
        redis.call('DEL', KEYS[1])
        return all
        """
    )

    /// KEYS record; ARGV life, then fields and values. Puts back what was taken and could not be used, unless there is
    /// a newer one.
    static let putBack = ValkeyScript(
        """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        redis.call('HSET', KEYS[1], unpack(ARGV, 2))
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return 1
        """
    )
}
