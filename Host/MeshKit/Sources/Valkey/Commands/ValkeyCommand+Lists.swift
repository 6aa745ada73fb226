extension ValkeyCommand {
    /// LPUSH: puts values in front, one after the other, and gives the length.
    public static func lpush(_ key: some ValkeyArgument, _ values: some Sequence<some ValkeyArgument>) -> ValkeyCommand
    {
        var command = ValkeyCommand("LPUSH", key)
        command.append(contentsOf: values)
        return command
    }

    /// RPOP: takes the last value; nil if there is none.
    public static func rpop(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("RPOP", key)
    }

    /// LRANGE: the values from position `first` through `last`; 0 is the first, -1 the last.
    public static func lrange(_ key: some ValkeyArgument, _ first: Int, _ last: Int) -> ValkeyCommand {
        ValkeyCommand("LRANGE", key, first, last)
    }

    /// LTRIM: keeps the values from position `first` through `last`, and drops the others.
    public static func ltrim(_ key: some ValkeyArgument, _ first: Int, _ last: Int) -> ValkeyCommand {
        ValkeyCommand("LTRIM", key, first, last)
    }
}
