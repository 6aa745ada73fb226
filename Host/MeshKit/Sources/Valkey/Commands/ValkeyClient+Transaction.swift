public import Reactor

extension ValkeyClient {
    /// Runs commands as a transaction: MULTI, the commands and EXEC go out in one piece; the server executes all of
    /// them with none of anybody else between, or none.
    ///
    /// ```swift
    /// let replies = try await client.transaction { batch in
    ///     batch.append(.incr("logins"))
    ///     batch.append(.expire("logins", after: .seconds(60)))
    /// }
    /// let logins = try replies[0].integer()
    /// ```
    /// - Returns: a reply for each command, in order. A command that fails when it is executed does not undo the others:
    ///   its reply is `.error`, which the accessors of `ValkeyReply` throw.
    /// - Throws: `ValkeyError`: with code `transactionAborted`, or the reason for it, when the server refused to queue a
    ///   command and so executed none; with code `unsupported` for a command that does not go with a shared connection.
    public func transaction(
        deadline: MonotonicTime? = nil,
        _ fill: (inout [ValkeyCommand]) -> Void
    ) async throws(ValkeyError) -> [ValkeyReply] {
        var commands = [ValkeyCommand("MULTI")]
        fill(&commands)
        // Also those that a transaction would make harmless, as BLPOP, which then does not wait.
        for command in commands.dropFirst() { try Self.checkShared(command) }
        guard commands.count > 1 else { return [] }
        commands.append(ValkeyCommand("EXEC"))
        let deadline = deadline ?? .now().advanced(by: configuration.timeout)
        while true {
            let replies = try await send(commands, deadline: deadline)
            guard case .error(let refusal)? = replies.last else {
                guard case .array(let items)? = replies.last, items.count == commands.count - 2 else {
                    throw ValkeyError(
                        .unexpectedReply,
                        "the server does not answer the transaction",
                        mayHaveExecuted: true
                    )
                }
                return items
            }
            // The first refusal is why the rest was refused.
            var error = ValkeyError(server: refusal)
            for case .error(let text) in replies.dropLast() {
                error = ValkeyError(server: text)
                break
            }
            guard error.code.asksForAnotherServer, configuration.servers.mayChange else { throw error }
        }
    }
}
