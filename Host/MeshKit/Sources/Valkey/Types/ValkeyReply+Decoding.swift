extension ValkeyReply {
    /// The number.
    /// - Throws: `ValkeyError` with code `unexpectedReply`, or what the server said.
    public func integer() throws(ValkeyError) -> Int {
        if case .integer(let number) = self { return number }
        throw unexpected("a number")
    }

    /// Whether the number is not zero.
    /// - Throws: `ValkeyError` with code `unexpectedReply`, or what the server said.
    public func flag() throws(ValkeyError) -> Bool {
        try integer() != 0
    }

    /// The value, or nil for nothing.
    /// - Throws: `ValkeyError` with code `unexpectedReply`, or what the server said.
    public func optional<Value: ValkeyValue>(_ type: Value.Type = Value.self) throws(ValkeyError) -> Value? {
        switch self {
        case .bytes(let bytes): return try Value(valkeyBytes: bytes)
        case .null: return nil
        case .status(let text): return try Value(valkeyBytes: Array(text.utf8))
        default: throw unexpected("a value")
        }
    }

    /// The value.
    /// - Throws: `ValkeyError` with code `unexpectedReply`, or what the server said.
    public func value<Value: ValkeyValue>(_ type: Value.Type = Value.self) throws(ValkeyError) -> Value {
        guard let value = try optional(Value.self) else { throw unexpected("a value") }
        return value
    }

    /// The items.
    /// - Throws: `ValkeyError` with code `unexpectedReply`, or what the server said.
    public func items() throws(ValkeyError) -> [ValkeyReply] {
        if case .array(let items) = self { return items }
        throw unexpected("an array")
    }

    /// The items, each a value.
    /// - Throws: `ValkeyError` with code `unexpectedReply`, or what the server said.
    public func values<Value: ValkeyValue>(_ type: Value.Type = Value.self) throws(ValkeyError) -> [Value] {
        var values: [Value] = []
        for item in try items() { values.append(try item.value(Value.self)) }
        return values
    }

    /// The items, each a value or nothing.
    /// - Throws: `ValkeyError` with code `unexpectedReply`, or what the server said.
    public func optionals<Value: ValkeyValue>(_ type: Value.Type = Value.self) throws(ValkeyError) -> [Value?] {
        var values: [Value?] = []
        for item in try items() { values.append(try item.optional(Value.self)) }
        return values
    }

    /// The items, of which each odd one is a name and the next its value.
    /// - Throws: `ValkeyError` with code `unexpectedReply`, or what the server said.
    public func pairs<Name: ValkeyValue, Value: ValkeyValue>(
        _ name: Name.Type = Name.self,
        _ value: Value.Type = Value.self
    ) throws(ValkeyError) -> [(Name, Value)] {
        let items = try items()
        guard items.count.isMultiple(of: 2) else { throw unexpected("pairs") }
        var pairs: [(Name, Value)] = []
        pairs.reserveCapacity(items.count / 2)
        for position in stride(from: 0, to: items.count, by: 2) {
            pairs.append((try items[position].value(Name.self), try items[position + 1].value(Value.self)))
        }
        return pairs
    }

    /// Expects `OK` and is then true.
    func isDone() throws(ValkeyError) -> Bool {
        try done()
        return true
    }

    /// Expects `OK`.
    func done() throws(ValkeyError) {
        guard self == .status("OK") else { throw unexpected("OK") }
    }

    private func unexpected(_ wanted: String) -> ValkeyError {
        if case .error(let text) = self { return ValkeyError(server: text) }
        return ValkeyError(.unexpectedReply, "the server answered \(self) instead of \(wanted)", mayHaveExecuted: true)
    }
}
