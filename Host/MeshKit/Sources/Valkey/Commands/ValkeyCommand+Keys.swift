public import Observe

extension ValkeyCommand {
    /// DEL: deletes keys, and gives how many there were.
    public static func del(_ keys: some Sequence<some ValkeyArgument>) -> ValkeyCommand {
        var command = ValkeyCommand("DEL")
        command.append(contentsOf: keys)
        return command
    }

    /// UNLINK: deletes keys, their memory later, and gives how many there were.
    public static func unlink(_ keys: some Sequence<some ValkeyArgument>) -> ValkeyCommand {
        var command = ValkeyCommand("UNLINK")
        command.append(contentsOf: keys)
        return command
    }

    /// EXISTS: how many of the keys there are; one named twice counts twice.
    public static func exists(_ keys: some Sequence<some ValkeyArgument>) -> ValkeyCommand {
        var command = ValkeyCommand("EXISTS")
        command.append(contentsOf: keys)
        return command
    }

    /// PEXPIRE: lets a key go after this time. False if there is no such key.
    public static func expire(_ key: some ValkeyArgument, after duration: Duration) -> ValkeyCommand {
        ValkeyCommand("PEXPIRE", key, duration.wholeMilliseconds)
    }

    /// PEXPIREAT: lets a key go at this moment of the server's clock. False if there is no such key.
    public static func expire(_ key: some ValkeyArgument, at time: WallTime) -> ValkeyCommand {
        ValkeyCommand("PEXPIREAT", key, Int(time.nanosecondsSinceEpoch / 1_000_000))
    }

    /// PERSIST: lets a key stay. False if there is no such key, or it stays anyway.
    public static func persist(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("PERSIST", key)
    }

    /// PTTL: how long a key stays, to the millisecond.
    public static func ttl(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("PTTL", key)
    }
}
