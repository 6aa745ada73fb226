extension ValkeyCommand {
    /// GET: the value of a key; nil if there is none.
    public static func get(_ key: some ValkeyArgument) -> ValkeyCommand {
        var command = ValkeyCommand("GET", capacity: 64)
        key.append(to: &command)
        return command
    }

    /// MGET: the values of keys, in their order; nil for those without one.
    public static func mget(_ keys: some Sequence<some ValkeyArgument>) -> ValkeyCommand {
        var command = ValkeyCommand("MGET")
        command.append(contentsOf: keys)
        return command
    }

    /// SET: stores a value. True if it was stored, false if `condition` forbade it. Without `expiry` it stays.
    public static func set(
        _ key: some ValkeyArgument,
        _ value: some ValkeyArgument,
        expiry: ValkeyExpiry? = nil,
        condition: ValkeySetCondition? = nil
    ) -> ValkeyCommand {
        var command = ValkeyCommand("SET", capacity: 128)
        key.append(to: &command)
        value.append(to: &command)
        expiry?.append(to: &command)
        if let condition { command.append(condition.word) }
        return command
    }

    /// SET with GET: stores a value and gives the one it replaces, or the one that kept it from being stored; nil if
    /// there was none.
    public static func setAndGet(
        _ key: some ValkeyArgument,
        _ value: some ValkeyArgument,
        expiry: ValkeyExpiry? = nil,
        condition: ValkeySetCondition? = nil
    ) -> ValkeyCommand {
        var command = ValkeyCommand("SET", capacity: 128)
        key.append(to: &command)
        value.append(to: &command)
        command.append("GET")
        expiry?.append(to: &command)
        if let condition { command.append(condition.word) }
        return command
    }

    /// GETDEL: the value of a key, which is deleted; nil if there was none.
    public static func getdel(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("GETDEL", key)
    }

    /// GETEX: the value of a key, whose expiry is changed; nil for `expiry` makes it stay (PERSIST). Not with `.keep`:
    /// that is `get`.
    public static func getex(_ key: some ValkeyArgument, expiry: ValkeyExpiry?) -> ValkeyCommand {
        precondition(expiry != .keep, "GETEX that keeps the expiry is GET")
        var command = ValkeyCommand("GETEX", key)
        if let expiry { expiry.append(to: &command) } else { command.append("PERSIST") }
        return command
    }

    /// INCR: adds one to a number, which is 0 if there is none, and gives the sum.
    public static func incr(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("INCR", key)
    }

    /// INCRBY: adds to a number, which is 0 if there is none, and gives the sum.
    public static func incrby(_ key: some ValkeyArgument, _ increment: Int) -> ValkeyCommand {
        ValkeyCommand("INCRBY", key, increment)
    }

    /// DECR: subtracts one from a number, which is 0 if there is none, and gives the difference.
    public static func decr(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("DECR", key)
    }
}
