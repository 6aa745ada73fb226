public import Reactor

extension ValkeyClient {
    /// Runs a script by its name (EVALSHA), and with its text (EVAL) where the server does not know it, from which on
    /// it does.
    ///
    /// - Parameters:
    ///   - keys: the keys it touches, `KEYS` in the script.
    ///   - arguments: all else, `ARGV` in the script.
    /// - Returns: what the script returns; see "Lua to RESP" in the manual.
    /// - Throws: `ValkeyError`; when a script fails half-way, what it wrote before stays.
    public func run(
        _ script: ValkeyScript,
        keys: [any ValkeyArgument] = [],
        arguments: [any ValkeyArgument] = [],
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> ValkeyReply {
        let deadline = deadline ?? .now().advanced(by: configuration.timeout)
        do {
            return try await execute(.evalsha(script, keys: keys, arguments: arguments), deadline: deadline)
        } catch {
            guard error.code == .noScript else { throw error }
            return try await execute(.eval(script, keys: keys, arguments: arguments), deadline: deadline)
        }
    }
}

extension ValkeyCommand {
    /// EVALSHA: runs a script that the server knows.
    static func evalsha(
        _ script: ValkeyScript,
        keys: [any ValkeyArgument],
        arguments: [any ValkeyArgument]
    ) -> ValkeyCommand {
        evaluate("EVALSHA", script.name, keys, arguments)
    }

    /// EVAL: runs a script by its text. The form for transactions, where a script that is not known cannot be sent
    /// after.
    public static func eval(
        _ script: ValkeyScript,
        keys: [any ValkeyArgument] = [],
        arguments: [any ValkeyArgument] = []
    ) -> ValkeyCommand {
        evaluate("EVAL", script.source, keys, arguments)
    }

    private static func evaluate(
        _ name: String,
        _ script: String,
        _ keys: [any ValkeyArgument],
        _ arguments: [any ValkeyArgument]
    ) -> ValkeyCommand {
        var command = ValkeyCommand(name, capacity: script.utf8.count + 160)
        command.append(script)
        command.append(keys.count)
        for key in keys { key.append(to: &command) }
        for argument in arguments { argument.append(to: &command) }
        return command
    }
}
