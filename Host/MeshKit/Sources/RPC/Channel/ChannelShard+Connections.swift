internal import HTTP
internal import Observe
internal import Reactor

/// Connections: made and closed as the balancer says, which hears how they do.
extension ChannelShard {
    // MARK: From connections

    func connected(_ connection: RPCClientConnection) {
        guard let link = link(connection.endpoint), link.pending === connection else { return }
        link.pending = nil
        link.ready.append(connection)
        counts.connections.add()
        lastFailure = nil
        resize(link.id)
        balancer.widened(link.id, true)
        if link.ready.count == 1 { balancer.connected(link.id) }
        if connection.isOutdated { renew(connection) }
        wake()
    }

    /// Makes new connections in the place of all that there are; calls in flight end where they are.
    func renew() {
        for case let link? in links {
            // One on its way up is replaced once it is there: calls wait for it.
            link.pending?.isOutdated = true
            for connection in link.ready { renew(connection) }
        }
    }

    private func renew(_ connection: RPCClientConnection) {
        goingAway(connection)
        closeWhenIdle(connection)
    }

    /// The peer does not know that the connection gets no more calls, so it is for us to close it. Not at once: whoever was
    /// given it a moment ago has yet to open a stream.
    private func closeWhenIdle(_ connection: RPCClientConnection) {
        loop.schedule(after: .seconds(1)) { [weak self, weak connection] in
            guard let self, let connection, leaving[ObjectIdentifier(connection)] != nil else { return }
            if connection.http.streamCount == 0 { connection.http.close() } else { closeWhenIdle(connection) }
        }
    }

    func goingAway(_ connection: RPCClientConnection) {
        guard let link = link(connection.endpoint), link.remove(connection) else { return }
        counts.connections.add(-1)
        // Calls in flight go on there.
        leaving[ObjectIdentifier(connection)] = connection
        resize(link.id)
        if link.ready.isEmpty { execute(balancer.goingAway(link.id, now: .now())) }
        resolve()
    }

    func lost(_ connection: RPCClientConnection, _ reason: String) {
        if leaving.removeValue(forKey: ObjectIdentifier(connection)) != nil { return }
        guard let link = link(connection.endpoint) else { return }
        if link.pending === connection {
            link.pending = nil
            balancer.widened(link.id, false)
        } else if link.remove(connection) {
            counts.connections.add(-1)
        } else {
            return
        }
        resize(link.id)
        lastFailure = reason
        guard !isClosed, link.ready.isEmpty else { return }
        // A further connection on its way becomes the first one.
        execute(link.pending == nil ? failed(link.id) : balancer.goingAway(link.id, now: .now()))
        resolve()
        wake()
    }

    // MARK: To connections

    func execute(_ actions: [Balancer.Action]) {
        for action in actions {
            switch action {
            case .connect(let id, let address):
                while links.count <= id.slot { links.append(nil) }
                let link = link(id) ?? EndpointLink(id, address)
                links[id.slot] = link
                connect(link)
            case .widen(let id):
                if let link = link(id) { connect(link) }
            case .close(let id):
                if let link = link(id) { leave(link) }
            case .retry(let id, let time):
                loop.schedule(at: time) { [weak self] in
                    guard let self, !isClosed else { return }
                    execute(balancer.retryDue(id, now: .now()))
                }
            }
        }
    }

    /// What the connections of an endpoint take, for the balancer.
    func resize(_ id: Balancer.ID) {
        guard let link = link(id) else { return }
        balancer.resized(id, connections: link.ready.count, streams: link.streams)
    }

    /// Closes connections beside the first of each endpoint that nobody needs any more.
    func closeIdle(now: MonotonicTime) {
        for case let link? in links {
            for connection in link.ready.dropFirst() {
                guard connection.http.streamCount == 0 else {
                    connection.idleSince = nil
                    continue
                }
                let since = connection.idleSince ?? now
                connection.idleSince = since
                guard since.duration(to: now) >= configuration.idleConnections else { continue }
                guard link.remove(connection) else { continue }
                counts.connections.add(-1)
                resize(link.id)
                connection.http.close()
            }
        }
    }

    private func connect(_ link: EndpointLink) {
        guard link.pending == nil, !isClosed else { return }
        do {
            let connection = try RPCClientConnection(
                link.id,
                link.address,
                self,
                configuration.http2,
                tls: configuration.tls
            )
            link.pending = connection
            connection.start()
            // Whoever waits for an endpoint that failed before looks again, and may give up.
            loop.schedule(after: Balancer.patience) { [weak self] in self?.wake() }
            loop.schedule(after: configuration.connectTimeout) { [weak link, weak connection] in
                guard let link, let connection, link.pending === connection else { return }
                connection.http.close()
            }
        } catch {
            lastFailure = "\(error)"
            balancer.widened(link.id, false)
            if link.ready.isEmpty { execute(failed(link.id)) }
            wake()
        }
    }

    /// Gone from the name, not from the world: calls in flight may end there.
    private func leave(_ link: EndpointLink) {
        links[link.id.slot] = nil
        counts.connections.add(-link.ready.count)
        link.pending?.http.close()
        for connection in link.ready {
            guard connection.http.streamCount > 0 else {
                connection.http.close()
                continue
            }
            leaving[ObjectIdentifier(connection)] = connection
            loop.schedule(after: .seconds(60)) { [weak connection] in connection?.http.close() }
        }
    }

    private func failed(_ id: Balancer.ID) -> [Balancer.Action] {
        balancer.failed(id, now: .now(), dice: dice.unit())
    }

    private func link(_ id: Balancer.ID) -> EndpointLink? {
        guard id.slot < links.count, let link = links[id.slot], link.id == id else { return nil }
        return link
    }
}
