extension ValkeyCommand {
    /// SADD: adds members, and gives how many are new.
    public static func sadd(_ key: some ValkeyArgument, _ members: some Sequence<some ValkeyArgument>) -> ValkeyCommand
    {
        var command = ValkeyCommand("SADD", key)
        command.append(contentsOf: members)
        return command
    }

    /// SREM: removes members, and gives how many there were.
    public static func srem(_ key: some ValkeyArgument, _ members: some Sequence<some ValkeyArgument>) -> ValkeyCommand
    {
        var command = ValkeyCommand("SREM", key)
        command.append(contentsOf: members)
        return command
    }

    /// SMEMBERS: all members, in no order.
    public static func smembers(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("SMEMBERS", key)
    }

    /// SISMEMBER: whether it is a member.
    public static func sismember(_ key: some ValkeyArgument, _ member: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("SISMEMBER", key, member)
    }

    /// SCARD: how many members there are.
    public static func scard(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("SCARD", key)
    }
}
