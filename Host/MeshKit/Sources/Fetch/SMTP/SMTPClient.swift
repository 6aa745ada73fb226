public import Reactor

/// Submits mail to one server (RFC 6409): connections kept on each loop, TLS required, the server's answers kept.
///
///     var configuration = SMTPClientConfiguration(host: "smtp.example", credentials: .init(user: "u", secret: secret))
///     let client = SMTPClient(group: group, configuration: configuration)
///     let delivery = try await client.send(SMTPMessage(sender: "a@b.example", recipients: ["c@d.example"], content: text))
///
/// A call stays on its caller's loop; one that comes from elsewhere is moved to a loop of the group. Errors are
/// `FetchError`: `mailDeferred` may be tried again, `mailRejected` never, `outcomeUnknown` may have been accepted.
public final class SMTPClient: Sendable {
    private let group: EventLoopGroup
    private let shards: [SMTPShard]

    /// A client; nothing is connected before the first mail.
    public init(group: EventLoopGroup, configuration: SMTPClientConfiguration) {
        precondition(configuration.connections > 0, "a mail client has at least one connection")
        precondition(SMTPClient.isName(configuration.clientName), "the client's name in EHLO is a host name")
        self.group = group
        let anchors = TrustAnchors(file: configuration.certificateAuthorities ?? TrustStore.systemFile)
        shards = group.loops.map { SMTPShard($0, group.blocking, configuration, anchors) }
    }

    deinit {
        close()
    }

    /// Closes the connections; a mail that is under way fails. Any thread.
    public func close() {
        for shard in shards { shard.loop.execute { shard.close() } }
    }

    /// Sends one message.
    /// - Parameter deadline: for everything together; a moment between the message's end and its answer is `outcomeUnknown`.
    /// - Throws: `FetchError`.
    public func send(_ message: SMTPMessage, deadline: MonotonicTime? = nil) async throws -> SMTPDelivery {
        guard let shard = currentShard else {
            return try await group.next().run { try await self.send(message, deadline: deadline) }
        }
        return try await shard.send(message, deadline: deadline)
    }

    /// Connects and authenticates without sending anything: whether the settings are good.
    /// - Throws: `FetchError`.
    public func probe(deadline: MonotonicTime? = nil) async throws {
        guard let shard = currentShard else {
            return try await group.next().run { try await self.probe(deadline: deadline) }
        }
        try await shard.probe(deadline: deadline)
    }

    /// How many connections each loop has: for tests and metrics.
    public func connectionCounts() async throws -> [Int] {
        var counts: [Int] = []
        for shard in shards { counts.append(try await shard.loop.run { shard.connectionCount }) }
        return counts
    }

    private var currentShard: SMTPShard? {
        guard let loop = EventLoop.current, loop.index < shards.count else { return nil }
        return shards[loop.index].loop === loop ? shards[loop.index] : nil
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
