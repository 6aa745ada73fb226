import RPC
import Reactor

extension ConnectionReport {
    var json: String {
        var servers: [AdminJSON] = []
        if let rpc {
            servers.append(
                .object([
                    ("kind", .text("grpc")), ("address", Self.text(rpc.address?.description)),
                    ("connectionCount", .number(rpc.connectionCount)), ("handlers", .number(rpc.runningCalls)),
                    ("calls", self.json(rpc.calls)), ("lastError", Self.text(rpc.lastError)),
                    ("connections", .array(rpc.connections.map(self.json))),
                ])
            )
        }
        for door in self.doors {
            servers.append(
                .object([
                    ("kind", .text(door.name)), ("address", Self.text(door.address?.description)),
                    ("connectionCount", .number(door.connections)),
                ])
            )
        }
        let channels = self.ways.map { way -> AdminJSON in
            .object([
                ("service", .text(way.service)), ("target", .text(way.channel.target.description)),
                ("calls", .number(way.channel.calls)), ("repeats", .number(way.channel.repeats)),
                ("waiting", .number(way.waiting)), ("lastError", Self.text(way.channel.lastFailure)),
                ("endpoints", .array(way.endpoints.map { Self.json($1, loop: $0) })),
                ("connectionCount", .number(way.channel.connectionCount)),
                ("connections", .array(way.channel.connections.map(self.json))),
            ])
        }
        return AdminJSON.object([("servers", .array(servers)), ("channels", .array(channels))]).description + "\n"
    }

    private static func json(_ endpoint: RPCChannelSnapshot.Endpoint, loop: Int) -> AdminJSON {
        .object([
            ("address", .text(endpoint.address.description)), ("loop", .number(loop)),
            ("state", .text(endpoint.state.rawValue)), ("connections", .number(endpoint.connections)),
            ("inFlight", .number(endpoint.inFlight)), ("meanUs", .number(Self.microseconds(endpoint.mean))),
            ("ejectedForMs", endpoint.ejectedFor.map { .number(max(0, Self.milliseconds($0))) } ?? .null),
        ])
    }

    private func json(_ connection: ConnectionSnapshot) -> AdminJSON {
        .object([
            ("peer", Self.text(connection.remote?.description)), ("loop", .number(connection.loop)),
            ("ageMs", .number(Self.milliseconds(connection.age))),
            ("silentMs", .number(Self.milliseconds(connection.silence))), ("streams", .number(connection.streams)),
            ("streamsOpened", .number(connection.streamsOpened)),
            ("goingAway", .truth(connection.isGoingAway)),
            ("bytesReceived", .number(connection.bytesReceived)), ("bytesSent", .number(connection.bytesSent)),
            ("calls", self.json(connection.calls)),
        ])
    }

    private func json(_ calls: CallTally) -> AdminJSON {
        let last = calls.lastStarted.map { AdminJSON.number(Self.milliseconds($0.duration(to: self.now))) }
        return .object([
            ("started", .number(calls.started)), ("succeeded", .number(calls.succeeded)),
            ("failed", .number(calls.failed)), ("lastStartedMsAgo", last ?? .null),
        ])
    }

    private static func text(_ text: String?) -> AdminJSON { text.map { .text($0) } ?? .null }

    static func microseconds(_ duration: Duration) -> Int { Int(duration.wholeNanoseconds / 1_000) }

    static func milliseconds(_ duration: Duration) -> Int { Int(duration.wholeNanoseconds / 1_000_000) }
}
