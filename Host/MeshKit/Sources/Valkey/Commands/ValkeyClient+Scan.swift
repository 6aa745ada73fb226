public import Reactor

extension ValkeyClient {
    /// SCAN: one page of the keys, in no order. Each key that is there all the while comes at least once in the pages
    /// from cursor 0 until `next` is 0 again, and may come more than once; a page may be empty.
    /// - Parameters:
    ///   - cursor: 0, then what the page before gave.
    ///   - pattern: a glob, as `session:*`; nil for all. Text from outside belongs in here only with its `*?[]\` escaped.
    ///   - count: about how many keys the server looks at.
    /// - Throws: `ValkeyError`.
    public func scan(
        _ cursor: UInt64,
        match pattern: String? = nil,
        count: Int = 100,
        deadline: MonotonicTime? = nil
    ) async throws(ValkeyError) -> (next: UInt64, keys: [[UInt8]]) {
        var command = ValkeyCommand("SCAN")
        command.append(String(cursor))
        if let pattern {
            command.append("MATCH")
            command.append(pattern)
        }
        command.append("COUNT")
        command.append(count)
        let items = try await execute(command, deadline: deadline).items()
        guard items.count == 2, let next = UInt64(try items[0].value(String.self)) else {
            throw ValkeyError(.unexpectedReply, "the server gives no cursor")
        }
        return (next, try items[1].values())
    }

    /// The keys that match a pattern, page by page; see `scan`.
    public func keys(matching pattern: String? = nil, page: Int = 100) -> ValkeyKeys {
        ValkeyKeys(client: self, pattern: pattern, page: page)
    }
}

/// Keys as SCAN finds them: some may come twice. Each page is a command with the client's time-out.
public struct ValkeyKeys: AsyncSequence, Sendable {
    /// A key.
    public typealias Element = [UInt8]
    /// What an iteration throws.
    public typealias Failure = ValkeyError

    let client: ValkeyClient
    let pattern: String?
    let page: Int

    /// Begins at the first page.
    public func makeAsyncIterator() -> Iterator {
        Iterator(sequence: self)
    }

    /// One pass.
    public struct Iterator: AsyncIteratorProtocol {
        let sequence: ValkeyKeys
        private var keys: [[UInt8]] = []
        private var cursor: UInt64? = 0

        init(sequence: ValkeyKeys) {
            self.sequence = sequence
        }

        /// The next key; nil after the last.
        public mutating func next() async throws(ValkeyError) -> [UInt8]? {
            while keys.isEmpty, let position = cursor {
                let result = try await sequence.client.scan(position, match: sequence.pattern, count: sequence.page)
                keys = result.keys.reversed()
                cursor = result.next == 0 ? nil : result.next
            }
            return keys.popLast()
        }
    }
}
