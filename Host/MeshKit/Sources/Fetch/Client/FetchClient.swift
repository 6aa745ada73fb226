public import Observe
public import Reactor

/// An HTTP client on libcurl: HTTP/1.1 and HTTP/2, connections kept on each loop, nothing that waits on a loop.
///
///     let client = FetchClient(group: group)
///     let response = try await client.fetch(FetchRequest(.get, try FetchURL("https://quotes.example/v1/AAPL")))
///
/// A call stays on its caller's loop; one that comes from elsewhere is moved to a loop of the group. Errors are
/// `FetchError`; an answer with any status is an answer, not an error.
public final class FetchClient: Sendable {
    private let group: EventLoopGroup
    private let shards: [FetchShard]

    /// A client; nothing is connected or read before the first request. It is shown in `metrics` under its configuration's
    /// name: see `FetchMetrics`.
    public init(
        group: EventLoopGroup,
        configuration: FetchClientConfiguration = FetchClientConfiguration(),
        metrics: MetricRegistry? = nil
    ) {
        precondition(
            configuration.proxy == nil || configuration.addresses.allowsAll,
            "a proxy connects for the client, so that addresses cannot be checked"
        )
        // Opened now, and not by the first request on a loop; what is wrong with it, the request says.
        try? CURLLibrary.require()
        self.group = group
        let anchors = TrustAnchors(file: configuration.certificateAuthorities ?? TrustStore.systemFile)
        let shards = group.loops.map { FetchShard($0, group.blocking, configuration, anchors) }
        self.shards = shards
        guard let metrics else { return }
        let shown = FetchMetrics(shards.map(\.counts), client: configuration.name, in: metrics)
        for shard in shards { shard.loop.execute { shard.metrics = shown } }
    }

    deinit {
        close()
    }

    /// Closes the connections; requests under way fail with `closed`. Any thread.
    public func close() {
        for shard in shards { shard.loop.execute { shard.close() } }
    }

    /// Sends a request and collects the answer.
    /// - Parameters:
    ///   - deadline: for everything together: waiting, redirects, retries, content.
    ///   - limit: the most bytes of content; the configuration's if it is nil.
    /// - Throws: `FetchError`.
    public func fetch(
        _ request: FetchRequest,
        deadline: MonotonicTime? = nil,
        limit: Int? = nil
    ) async throws -> FetchResponse {
        guard let shard = currentShard else {
            return try await group.next().run { try await self.fetch(request, deadline: deadline, limit: limit) }
        }
        return try await shard.fetch(request, deadline: deadline, limit: limit)
    }

    /// Sends a request and lends the answer to `body` as soon as its head is there, content to be read as it comes. When
    /// `body` returns, what was not read is given up. Retries end with the head.
    /// - Parameters:
    ///   - deadline: for everything together, `body` included.
    ///   - limit: the most bytes of content, after decoding; nil for no limit, as nothing is gathered.
    /// - Throws: `FetchError`, and what `body` throws.
    public func withResponse<Result>(
        to request: FetchRequest,
        deadline: MonotonicTime? = nil,
        limit: Int? = nil,
        _ body: (FetchStreamedResponse) async throws -> Result
    ) async throws -> Result {
        if let shard = currentShard {
            let transfer = try await shard.open(request, deadline: deadline, limit: limit)
            let response = transfer.streamedResponse
            do {
                let result = try await body(response)
                await transfer.end()
                return result
            } catch {
                await transfer.end()
                throw error
            }
        }
        // Off the loops the transfer lives on one of them, and each step of the reader hops there.
        let shard = shards[group.spread().index]
        let (transfer, response) = try await shard.loop.run {
            let transfer = try await shard.open(request, deadline: deadline, limit: limit)
            return (transfer, transfer.streamedResponse)
        }
        do {
            let result = try await body(response)
            try await shard.loop.run { await transfer.end() }
            return result
        } catch {
            try await shard.loop.run { await transfer.end() }
            throw error
        }
    }

    /// How many transfers each loop has, those that wait included: for tests and metrics.
    public func transferCounts() async throws -> [Int] {
        var counts: [Int] = []
        for shard in shards { counts.append(try await shard.loop.run { shard.transferCount }) }
        return counts
    }

    private var currentShard: FetchShard? {
        guard let loop = EventLoop.current, loop.index < shards.count else { return nil }
        return shards[loop.index].loop === loop ? shards[loop.index] : nil
    }
}

extension FetchTransfer {
    /// What the caller's closure gets; the head is there.
    fileprivate var streamedResponse: FetchStreamedResponse {
        guard let head else { preconditionFailure("a response is lent when its head is there") }
        return FetchStreamedResponse(
            status: head.status,
            fields: head.fields,
            version: head.version,
            url: request.url,
            body: FetchResponseBody(pipe: pipe)
        )
    }
}
