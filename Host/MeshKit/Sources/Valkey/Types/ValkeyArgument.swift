/// What can be a key, a field, a member or a value in a command: bytes, whatever they are. They are sent with their
/// length in front, so no content can become a command.
public protocol ValkeyArgument: Sendable {
    /// Appends itself as exactly one argument.
    func append(to command: inout ValkeyCommand)
}

extension String: ValkeyArgument {
    /// Appends the text as UTF-8.
    public func append(to command: inout ValkeyCommand) { command.append(self) }
}

extension Substring: ValkeyArgument {
    /// Appends the text as UTF-8.
    public func append(to command: inout ValkeyCommand) { command.append(String(self)) }
}

extension [UInt8]: ValkeyArgument {
    /// Appends the bytes; many are not copied.
    public func append(to command: inout ValkeyCommand) { command.append(self[...]) }
}

extension ArraySlice<UInt8>: ValkeyArgument {
    /// Appends the bytes; many are not copied.
    public func append(to command: inout ValkeyCommand) { command.append(self) }
}

extension Int: ValkeyArgument {
    /// Appends the number in decimal digits.
    public func append(to command: inout ValkeyCommand) { command.append(self) }
}

extension Double: ValkeyArgument {
    /// Appends the shortest text that reads back as the same number; `inf` and `-inf` for the infinities.
    public func append(to command: inout ValkeyCommand) { command.append(description) }
}
