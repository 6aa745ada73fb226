import Config
import Glibc
import Plugin
import Reactor

/// The stores that `lonja up` runs by itself: those that no setting points elsewhere.
struct PrivateStores: Sendable {
    /// The services that keep data in each.
    static let postgresServices = ["notification", "profile", "wallet"]
    static let valkeyServices = ["auth", "gateway", "market"]

    /// Variables that tell the services where their stores are.
    let environment: [String: String]
    /// A line for each store, for people.
    let lines: [String]
    private let postgres: PrivatePostgres?
    private let valkey: PrivateValkey?

    /// Starts what is needed.
    /// - Throws: `StartError`; then nothing runs.
    static func start(_ state: String, environment: [String: String]) async throws(StartError) -> PrivateStores {
        let forPostgres = try Self.unset(postgresServices.map { PostgresSettings.hostKey($0) }, environment)
        let forValkey = try Self.unset(valkeyServices.map { ValkeySettings.addressKey($0) }, environment)
        guard !forPostgres.isEmpty || !forValkey.isEmpty else {
            return PrivateStores(environment: [:], lines: [], postgres: nil, valkey: nil)
        }
        let user = try ChildUser.choose()
        var variables: [String: String] = [:]
        var lines: [String] = []
        var postgres: PrivatePostgres?
        if !forPostgres.isEmpty {
            let keys = forPostgres.map(\.key)
            let services = Self.postgresServices.filter { keys.contains(PostgresSettings.hostKey($0)) }
            let started = try await Self.withLoop { group throws(StartError) in
                try await PrivatePostgres.start(state, services: services, user: user, group: group)
            }
            for setting in forPostgres { variables[setting.variable] = started.socketFolder }
            lines.append("PostgreSQL  \(started.socketFolder) (\(services.joined(separator: ", ")))")
            postgres = started
        }
        guard !forValkey.isEmpty else {
            return PrivateStores(environment: variables, lines: lines, postgres: postgres, valkey: nil)
        }
        do {
            let valkey = try await PrivateValkey.start(state, user: user)
            for setting in forValkey { variables[setting.variable] = valkey.address }
            lines.append("Valkey      \(valkey.address)")
            return PrivateStores(environment: variables, lines: lines, postgres: postgres, valkey: valkey)
        } catch {
            postgres?.stop()
            throw error
        }
    }

    /// Ends them in order. Blocks until they have.
    func stop() {
        valkey?.stop()
        postgres?.stop()
    }

    /// The settings of those keys that no source gives a value.
    private static func unset(_ keys: [String], _ environment: [String: String]) throws(StartError) -> [Setting] {
        try UnsetKeys.of(keys.map { Setting.list($0, "where the service's store is") }, environment)
    }

    private static func withLoop<Result: Sendable>(
        _ body: (EventLoopGroup) async throws(StartError) -> Result
    ) async throws(StartError) -> Result {
        let group: EventLoopGroup
        do {
            group = try EventLoopGroup(count: 1, blockingThreads: 1)
        } catch {
            throw StartError(.internalError, "the event loop does not start: \(error)")
        }
        defer { group.shutdown() }
        return try await body(group)
    }
}
