import Glibc
import Logging
import Postgres
import Reactor

/// A PostgreSQL server of our own below `LONJA_STATE`: on a unix socket that only this user can open, no port.
struct PrivatePostgres: Sendable {
    /// The folder of its socket: what `postgres.host` of a service is set to.
    let socketFolder: String
    private let server: ChildServer

    private static let superuser = "lonja"

    /// Makes the cluster if there is none, starts the server, and makes a role and a database for each service.
    /// - Throws: `StartError`.
    static func start(
        _ state: String,
        services: [String],
        user: ChildUser,
        group: EventLoopGroup
    ) async throws(StartError) -> PrivatePostgres {
        let binaries = try Self.binaries()
        let socketFolder = try PrivateServer.socketFolder(state, user)
        let data = "\(state)/postgres"
        try Self.makeCluster(data, binaries, user)
        let server = try await ChildServer.start(
            ChildProgram(
                name: "PostgreSQL",
                path: "\(binaries)/postgres",
                arguments: [
                    "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories=\(socketFolder)",
                    "-c", "unix_socket_permissions=0700", "-c", "max_connections=200",
                ],
                folder: data,
                log: "\(state)/postgres.log",
                user: user,
                // Fast shutdown; for an orphan an immediate one, which the next start recovers from.
                stopSignal: SIGINT,
                orphanSignal: SIGQUIT
            )
        )
        let postgres = PrivatePostgres(socketFolder: socketFolder, server: server)
        do {
            try await postgres.makeDatabases(services, group, log: "\(state)/postgres.log")
        } catch {
            server.stop()
            throw error
        }
        return postgres
    }

    /// Ends it in order. Blocks.
    func stop() { server.stop() }

    /// The newest version that Debian has installed, else whatever the search path has.
    private static func binaries() throws(StartError) -> String {
        var versions: [Int] = []
        if let folder = opendir("/usr/lib/postgresql") {
            defer { closedir(folder) }
            while let entry = readdir(folder) {
                let version = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    Int(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
                }
                if let version { versions.append(version) }
            }
        }
        let folders = versions.sorted(by: >).map { "/usr/lib/postgresql/\($0)/bin" } + PrivateServer.searchPath
        for folder in folders where ["postgres", "initdb"].allSatisfy({ access("\(folder)/\($0)", X_OK) == 0 }) {
            return folder
        }
        throw StartError(
            .dependencyUnavailable,
            "PostgreSQL is not installed: apt-get install postgresql, or set the postgres.host of every service"
        )
    }

    /// initdb into a folder beside, which then gets the right name: a start that is broken off leaves nothing half done.
    private static func makeCluster(_ data: String, _ binaries: String, _ user: ChildUser) throws(StartError) {
        if access("\(data)/PG_VERSION", F_OK) == 0 { return }
        let fresh = "\(data).new"
        let remove = ChildProgram(
            name: "rm",
            path: "/bin/rm",
            arguments: ["-rf", fresh],
            folder: "/",
            log: "\(data).initdb.log",
            user: user,
            stopSignal: SIGTERM,
            orphanSignal: SIGTERM
        )
        do {
            _ = try remove.run()
        } catch {
            throw StartError(.internalError, "\(fresh) cannot be removed: \(error)")
        }
        try user.own(fresh)
        var initialise = remove
        initialise.path = "\(binaries)/initdb"
        initialise.arguments = [
            "-D", fresh, "-U", superuser, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
        ]
        initialise.folder = fresh
        let ending: (status: Int32, output: String)
        do {
            ending = try initialise.run()
        } catch {
            throw StartError(.internalError, "initdb: \(error)")
        }
        guard ending.status == 0, rename(fresh, data) == 0 else {
            let last = ending.output.split(separator: "\n").last ?? "no output"
            throw StartError(.internalError, "initdb failed in \(fresh): \(last)")
        }
    }

    private func makeDatabases(_ services: [String], _ group: EventLoopGroup, log: String) async throws(StartError) {
        let place = PostgresConfiguration(socketFolder: socketFolder, user: Self.superuser, database: "postgres")
        do {
            let client = try PostgresClient(place, group: group, logger: Logger(label: "host.postgres"))
            defer { client.close() }
            let loop = group.next()
            try await loop.run {
                try await Self.waitUntilReady(client, loop)
                for service in services { try await Self.makeDatabase(service, client) }
            }
        } catch {
            throw StartError(.dependencyUnavailable, "PostgreSQL at \(socketFolder): \(error); see \(log)")
        }
    }

    private static func waitUntilReady(_ client: PostgresClient, _ loop: EventLoop) async throws {
        let end = MonotonicTime.now().advanced(by: .seconds(60))
        while true {
            do {
                _ = try await client.query("SELECT 1", .within(.seconds(2)))
                return
            } catch {
                guard MonotonicTime.now() < end else { throw error }
                try await loop.sleep(for: .milliseconds(50))
            }
        }
    }

    /// A role and a database of the service's name. Names of services are a-z and "-", so quoting them is safe.
    private static func makeDatabase(_ service: String, _ client: PostgresClient) async throws {
        precondition(PluginRole.isName(service), "\(service) is no name of a service")
        if try await client.query("SELECT 1 FROM pg_roles WHERE rolname = \(service)").isEmpty {
            _ = try await client.execute("CREATE ROLE \(unsafeSQL: "\"\(service)\"") LOGIN")
        }
        if try await client.query("SELECT 1 FROM pg_database WHERE datname = \(service)").isEmpty {
            _ = try await client.execute(
                "CREATE DATABASE \(unsafeSQL: "\"\(service)\"") OWNER \(unsafeSQL: "\"\(service)\"")"
            )
        }
    }
}
