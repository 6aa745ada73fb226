extension ValkeyCommand {
    /// PING: whether a server answers.
    public static func ping() -> ValkeyCommand {
        ValkeyCommand("PING")
    }

    /// PUBLISH: sends a message to those who listen to a channel, and gives how many of this server they are.
    public static func publish(_ message: some ValkeyArgument, to channel: some ValkeyArgument) -> ValkeyCommand {
        ValkeyCommand("PUBLISH", channel, message)
    }

    /// TIME: what the server's clock says, to the microsecond.
    public static func time() -> ValkeyCommand {
        ValkeyCommand("TIME")
    }
}
