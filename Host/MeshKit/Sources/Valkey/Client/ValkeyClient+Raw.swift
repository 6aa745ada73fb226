public import Reactor

extension ValkeyClient {
    /// Sends any command: for what has no typed function.
    ///
    /// Commands that change the connection, hold it up or make it speak unasked would harm those that share it, and are
    /// refused, here and by `execute`, `pipeline` and `transaction`: AUTH, HELLO, SELECT, RESET, QUIT, CLIENT REPLY and the like, MULTI and its companions (use
    /// `transaction`), SUBSCRIBE and its companions (use `subscribe`), MONITOR, SYNC, WAIT, and those that block,
    /// as BLPOP and XREAD with BLOCK.
    ///
    /// - Throws: `ValkeyError`, with code `unsupported` for those.
    public func command(
        _ name: String,
        _ arguments: [any ValkeyArgument] = [],
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> ValkeyReply {
        var command = ValkeyCommand(name.uppercased())
        for argument in arguments { argument.append(to: &command) }
        return try await execute(command, deadline: deadline)
    }
}
