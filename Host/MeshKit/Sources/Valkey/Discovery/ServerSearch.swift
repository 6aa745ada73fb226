internal import Reactor

/// Finds the server to talk to and gives a connection that is let in: resolves names, asks Sentinels, tries one address
/// after the other. Loop only.
struct ServerSearch {
    let loop: EventLoop
    let configuration: ValkeyConfiguration
    let pool: BlockingPool

    /// An address, and the host that it was found by.
    private struct Place {
        let address: SocketAddress
        let host: String
    }

    /// A connection that may be used.
    /// - Parameter attempt: which address comes first, so that a server that will not do is not asked for ever.
    /// - Throws: `ValkeyError`: a refusal of user or password if any server gave one, else the last failure.
    func open(attempt: Int) async throws(ValkeyError) -> ValkeyConnection {
        switch configuration.servers.kind {
        case .one(let endpoint): try await first(of: [endpoint], attempt, asksRole: false)
        case .primary(let endpoints): try await first(of: endpoints, attempt, asksRole: true)
        case .sentinel: try await first(of: [try await askSentinels(attempt)], 0, asksRole: true)
        }
    }

    private func first(
        of endpoints: [ValkeyEndpoint],
        _ attempt: Int,
        asksRole: Bool
    ) async throws(ValkeyError) -> ValkeyConnection {
        let identity = Handshake.Identity(
            user: configuration.user,
            password: configuration.password,
            database: configuration.database,
            name: configuration.name
        )
        return try await tryEach(endpoints, attempt) { place throws(ValkeyError) in
            try await connect(place, Handshake(identity, asksRole: asksRole))
        }
    }

    /// Where the Sentinels say that the primary is.
    private func askSentinels(_ attempt: Int) async throws(ValkeyError) -> ValkeyEndpoint {
        guard case .sentinel(let sentinels, let primary, let user, let password) = configuration.servers.kind else {
            preconditionFailure("Sentinels are asked only where there are some")
        }
        let identity = Handshake.Identity(user: user, password: password, name: configuration.name)
        return try await tryEach(sentinels, attempt) { place throws(ValkeyError) in
            let connection = try await connect(place, Handshake(identity, asksRole: false))
            defer { connection.fail(ValkeyError(.closed, "the Sentinel has answered")) }
            let timer = limit(connection)
            defer { timer.cancel() }
            let question = ValkeyCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", primary)
            switch try await connection.perform(question).get() {
            case .array(let items):
                guard case .bytes(let host)? = items.first, items.count == 2, case .bytes(let port) = items[1],
                    let port = try? Int(valkeyBytes: port), let port = UInt16(exactly: port)
                else { throw ValkeyError(.unexpectedReply, "the Sentinel gives no address") }
                return ValkeyEndpoint(host: String(decoding: host, as: UTF8.self), port: port)
            case .null: throw ValkeyError(.connection, "the Sentinel knows no primary of that name")
            case .error(let text): throw ValkeyError(server: text)
            default: throw ValkeyError(.unexpectedReply, "the Sentinel gives no address")
            }
        }
    }

    /// The result of the first address for which `body` has one.
    private func tryEach<Result>(
        _ endpoints: [ValkeyEndpoint],
        _ attempt: Int,
        _ body: (Place) async throws(ValkeyError) -> Result
    ) async throws(ValkeyError) -> Result {
        var places: [Place] = []
        var failure = ValkeyError(.connection, "no server has an address")
        for endpoint in endpoints {
            do throws(ValkeyError) {
                places += try await resolve(endpoint).map { Place(address: $0, host: endpoint.host) }
            } catch {
                failure = error
            }
        }
        for position in places.indices {
            if Task.isCancelled { throw ValkeyError(.cancelled, "the search was ended") }
            do throws(ValkeyError) {
                return try await body(places[(position + attempt) % places.count])
            } catch {
                if !failure.isRefusal || error.isRefusal { failure = error }
            }
        }
        throw failure
    }

    private func resolve(_ endpoint: ValkeyEndpoint) async throws(ValkeyError) -> [SocketAddress] {
        switch endpoint.place {
        case .address(let address): return [address]
        case .name(let host, let port):
            do {
                return try await pool.run { try Resolver.resolve(host: host, port: port) }
            } catch {
                throw ValkeyError(.connection, "\(error)")
            }
        }
    }

    private func connect(_ place: Place, _ handshake: Handshake) async throws(ValkeyError) -> ValkeyConnection {
        let address = place.address
        let connection = try ValkeyConnection(address, host: place.host, loop: loop, configuration: configuration)
        connection.start()
        let timer = limit(connection)
        defer { timer.cancel() }
        let commands = handshake.commands
        let outcome = await connection.perform(commands[0], then: commands.dropFirst())
        do throws(ValkeyError) {
            let reply = try outcome.get()
            if case .array(let replies) = reply, commands.count > 1 {
                try handshake.check(replies)
            } else {
                try handshake.check([reply])
            }
            return connection
        } catch {
            var error = error
            error.mayHaveExecuted = false
            error.message = "\(address): \(error.message)"
            connection.fail(error)
            throw error
        }
    }

    /// Gives the connection up when it takes too long.
    private func limit(_ connection: ValkeyConnection) -> LoopTimer {
        loop.schedule(after: configuration.connectTimeout) { [weak connection] in
            connection?.fail(ValkeyError(.connection, "the server does not answer in time"))
        }
    }
}

extension ValkeyEndpoint {
    /// The host as it was written, for the name in a certificate.
    fileprivate var host: String {
        switch place {
        case .address(let address): SocketAddress.split(address.description)?.host ?? ""
        case .name(let host, _): host
        }
    }

    /// A host by name or address, with a port.
    init(host: String, port: UInt16) {
        if let address = SocketAddress(host: host, port: port) {
            place = .address(address)
        } else {
            place = .name(host: host, port: port)
        }
    }
}
