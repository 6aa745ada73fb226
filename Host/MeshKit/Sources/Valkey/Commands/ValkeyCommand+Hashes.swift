extension ValkeyCommand {
    /// HSET: sets fields, and gives how many are new.
    public static func hset(
        _ key: some ValkeyArgument,
        _ fields: some Sequence<(some ValkeyArgument, some ValkeyArgument)>
    ) -> ValkeyCommand {
        var command = ValkeyCommand("HSET", key)
        for (field, value) in fields {
            field.append(to: &command)
            value.append(to: &command)
        }
        return command
    }

    /// HGET: the value of a field; nil if there is none.
    public static func hget(_ key: some ValkeyArgument, _ field: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("HGET", key, field)
    }

    /// HGETALL: all fields with their values; empty if there is no such key.
    public static func hgetall(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("HGETALL", key)
    }

    /// HMGET: the values of fields, in their order; nil for those without one.
    public static func hmget(_ key: some ValkeyArgument, _ fields: some Sequence<some ValkeyArgument>) -> ValkeyCommand
    {
        var command = ValkeyCommand("HMGET", key)
        command.append(contentsOf: fields)
        return command
    }

    /// HDEL: deletes fields, and gives how many there were.
    public static func hdel(_ key: some ValkeyArgument, _ fields: some Sequence<some ValkeyArgument>) -> ValkeyCommand {
        var command = ValkeyCommand("HDEL", key)
        command.append(contentsOf: fields)
        return command
    }

    /// HINCRBY: adds to the number in a field, which is 0 if there is none, and gives the sum.
    public static func hincrby(_ key: some ValkeyArgument, _ field: some ValkeyArgument, _ increment: Int)
        -> ValkeyCommand
    {
        ValkeyCommand("HINCRBY", key, field, increment)
    }
}
