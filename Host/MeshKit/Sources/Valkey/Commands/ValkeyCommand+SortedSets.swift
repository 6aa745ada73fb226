extension ValkeyCommand {
    /// ZADD: adds members with their scores, or changes the scores, and gives how many are new.
    public static func zadd(
        _ key: some ValkeyArgument,
        _ members: some Sequence<(score: Double, member: some ValkeyArgument)>
    ) -> ValkeyCommand {
        var command = ValkeyCommand("ZADD", key)
        for (score, member) in members {
            score.append(to: &command)
            member.append(to: &command)
        }
        return command
    }

    /// ZREM: removes members, and gives how many there were.
    public static func zrem(_ key: some ValkeyArgument, _ members: some Sequence<some ValkeyArgument>) -> ValkeyCommand
    {
        var command = ValkeyCommand("ZREM", key)
        command.append(contentsOf: members)
        return command
    }

    /// ZRANGE by rank: the members from rank `first` through `last`, 0 the one with the lowest score, -1 the last.
    public static func zrange(_ key: some ValkeyArgument, _ first: Int, _ last: Int) -> ValkeyCommand {
        ValkeyCommand("ZRANGE", key, first, last)
    }

    /// ZRANGEBYSCORE: the members with scores in a range, lowest first, at most `limit` of them.
    public static func zrangebyscore(
        _ key: some ValkeyArgument,
        from lowest: ValkeyScoreBound = .lowest,
        through highest: ValkeyScoreBound = .highest,
        limit: Int? = nil
    ) -> ValkeyCommand {
        var command = ValkeyCommand("ZRANGEBYSCORE", key, lowest, highest)
        if let limit {
            command.append("LIMIT")
            command.append(0)
            command.append(limit)
        }
        return command
    }

    /// ZREMRANGEBYSCORE: removes the members with scores in a range, and gives how many there were.
    public static func zremrangebyscore(
        _ key: some ValkeyArgument,
        from lowest: ValkeyScoreBound = .lowest,
        through highest: ValkeyScoreBound = .highest
    ) -> ValkeyCommand {
        ValkeyCommand("ZREMRANGEBYSCORE", key, lowest, highest)
    }

    /// ZCARD: how many members there are.
    public static func zcard(_ key: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("ZCARD", key)
    }

    /// ZSCORE: the score of a member; nil if it is none.
    public static func zscore(_ key: some ValkeyArgument, _ member: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("ZSCORE", key, member)
    }
}
