internal import Load
internal import Logging
internal import Postgres
internal import Reactor
internal import Valkey

/// The command line: a workload, then `name=value` for each thing that is not to be as it is by default.
struct Options {
    private let workload: String
    private let values: [String: String]
    let callers: Int
    let warmUp: Duration
    let duration: Duration

    init(_ arguments: ArraySlice<String>) throws {
        guard let first = arguments.first else { throw Failure("no workload is given") }
        workload = first
        var values: [String: String] = [:]
        for argument in arguments.dropFirst() {
            guard let equals = argument.firstIndex(of: "=") else { throw Failure("\(argument) is not name=value") }
            values[String(argument[..<equals])] = String(argument[argument.index(after: equals)...])
        }
        self.values = values
        callers = try Self.number("callers", values, 1)
        warmUp = .milliseconds(try Self.number("warm-up", values, 300))
        duration = .milliseconds(try Self.number("milliseconds", values, 2000))
    }

    /// The workload that was asked for, with its client.
    func makeWorkload(_ group: EventLoopGroup) throws -> any Workload {
        switch workload {
        case "postgres-select":
            return PostgresSelect(
                client: try postgres(group),
                connections: try number("connections", 1),
                accounts: try number("range", 100_000),
                batch: try number("batch", 1)
            )
        case "postgres-transfer":
            return PostgresTransfer(
                client: try postgres(group),
                connections: try number("connections", 1),
                scale: try number("scale", 1),
                sending: try sending()
            )
        case "valkey-set", "valkey-get":
            return ValkeyCommands(
                client: try valkey(group),
                kind: workload == "valkey-set" ? .set : .get,
                keys: UInt64(try number("range", 100_000)),
                value: [UInt8](repeating: UInt8(ascii: "x"), count: try number("bytes", 64)),
                batch: try number("batch", 1)
            )
        default: throw Failure("there is no workload \(workload)")
        }
    }

    private func sending() throws -> PostgresTransfer.Sending {
        guard let sending = PostgresTransfer.Sending(rawValue: try number("batch", 1)) else {
            throw Failure("batch= is 1, 2 or 3 for a transfer")
        }
        return sending
    }

    private func postgres(_ group: EventLoopGroup) throws -> PostgresClient {
        var configuration = PostgresConfiguration(
            socketFolder: try text("socket"),
            user: try text("user"),
            database: "postgres"
        )
        let connections = try number("connections", 1)
        configuration.pool.maximumConnections = connections
        configuration.pool.minimumConnections = connections
        // pgbench has no time-outs, which cost the server some per cent of a small statement.
        configuration.statementTimeout = .zero
        configuration.idleTransactionTimeout = .zero
        configuration.sharedReads = try number("shared-reads", configuration.sharedReads)
        return try PostgresClient(configuration, group: group, logger: Logger(label: "benchmark"))
    }

    private func valkey(_ group: EventLoopGroup) throws -> ValkeyClient {
        let socket = try text("socket")
        guard let endpoint = ValkeyEndpoint("unix:\(socket)") else { throw Failure("\(socket) is too long a path") }
        var configuration = ValkeyConfiguration(.one(endpoint))
        configuration.connectionsPerLoop = try number("connections", 1)
        return ValkeyClient(configuration, group: group)
    }

    private func text(_ name: String) throws -> String {
        guard let value = values[name] else { throw Failure("\(name)= is missing") }
        return value
    }

    private func number(_ name: String, _ standard: Int) throws -> Int {
        try Self.number(name, values, standard)
    }

    private static func number(_ name: String, _ values: [String: String], _ standard: Int) throws -> Int {
        guard let text = values[name] else { return standard }
        guard let number = Int(text), number > 0 else { throw Failure("\(name)=\(text) is not a number above zero") }
        return number
    }
}
