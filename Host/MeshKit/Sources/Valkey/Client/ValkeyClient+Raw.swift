public import Reactor

extension ValkeyClient {
    /// Sends any command: for what has no typed function.
    ///
    /// Commands that change the connection, hold it up or make it speak unasked would harm those that share it, and are
    /// refused: AUTH, HELLO, SELECT, RESET, QUIT, CLIENT REPLY and the like, MULTI and its companions (use
    /// `transaction`), SUBSCRIBE and its companions (use `subscribe`), MONITOR, SYNC, WAIT, and those that block,
    /// as BLPOP and XREAD with BLOCK.
    ///
    /// - Throws: `ValkeyError`, with code `unsupported` for those.
    public func command(
        _ name: String,
        _ arguments: [any ValkeyArgument] = [],
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> ValkeyReply {
        let upper = name.uppercased()
        var command = ValkeyCommand(upper)
        for argument in arguments { argument.append(to: &command) }
        if Self.harmful.contains(upper) || Self.isHarmful(command) {
            throw ValkeyError(.unsupported, "the command does not go with a shared connection")
        }
        return try await execute(command, deadline: deadline)
    }

    private static let harmful: Set<String> = [
        "AUTH", "HELLO", "SELECT", "RESET", "QUIT", "MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH", "SUBSCRIBE",
        "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR", "SYNC", "PSYNC", "WAIT",
        "WAITAOF", "BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP",
    ]

    /// Those whose arguments make the difference.
    private static func isHarmful(_ command: ValkeyCommand) -> Bool {
        func words() -> [String] { command.parts.dropFirst().map { String(decoding: $0, as: UTF8.self).uppercased() } }
        switch command.name {
        case "CLIENT": return ["REPLY", "TRACKING", "SETNAME", "PAUSE"].contains(words().first ?? "")
        case "XREAD", "XREADGROUP": return words().contains("BLOCK")
        default: return false
        }
    }
}
