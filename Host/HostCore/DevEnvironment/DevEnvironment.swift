import Config
import Glibc
import Reactor

/// `lonja up`: every plugin in one process, with what it needs below one folder.
public struct DevEnvironment: Sendable {
    /// The variables that the host gets: those of the process, with what a laptop wants where they say nothing.
    public let environment: [String: String]
    /// The folder of `LONJA_STATE`, absolute.
    public let state: String
    private let stores: PrivateStores
    private let places: LocalPlaces
    private let lock: StateLock

    /// Makes the folder if there is none, and starts the stores that no setting points elsewhere.
    /// - Throws: `StartError`; then nothing runs.
    public static func start(environment: [String: String]) async throws(StartError) -> DevEnvironment {
        let state = try Self.folder(environment)
        let lock = try StateLock(state)
        var all = environment
        all["LONJA_STATE"] = state
        if (all["LONJA_PLUGIN"] ?? "").isEmpty { all["LONJA_PLUGIN"] = "all" }
        if all["LONJA_HOST_WATCHDOG"] == nil { all["LONJA_HOST_WATCHDOG"] = "50ms" }
        if (all["LONJA_PUBLIC_URL"] ?? "").isEmpty { all["LONJA_PUBLIC_URL"] = Self.publicURL(all) }
        let socket = "\(state)/admin.sock"
        if (all["LONJA_ADMIN_SOCKET"] ?? "").isEmpty, socket.utf8.count < 108 { all["LONJA_ADMIN_SOCKET"] = socket }
        let places = try LocalPlaces.make(state, environment: all)
        let secrets = try LocalSecrets.variables(state, all)
        let certificates = try LocalCertificates.variables(state, all)
        let stores = try await PrivateStores.start(state, environment: all)
        for more in [places.environment, secrets, certificates, stores.environment] { all.merge(more) { $1 } }
        return DevEnvironment(
            environment: all,
            state: state,
            stores: stores,
            places: places,
            lock: lock
        )
    }

    /// Ends the stores in order. Blocks until they have; until then nobody else has the folder.
    public func stop() {
        withExtendedLifetime(self.lock) { self.stores.stop() }
    }

    private static func folder(_ environment: [String: String]) throws(StartError) -> String {
        let given = environment["LONJA_STATE"].flatMap { $0.isEmpty ? nil : $0 } ?? ".lonja"
        // Others may pass through: where we are root, the servers run as somebody else. What is inside is closed.
        if mkdir(given, 0o711) != 0, errno != EEXIST {
            let why = String(cString: strerror(errno))
            throw StartError(.usage, "LONJA_STATE=\(given) cannot be made: \(why); set it to a folder of yours")
        }
        guard let resolved = realpath(given, nil) else {
            throw StartError(.usage, "LONJA_STATE=\(given) is no folder; set it to a folder of yours")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// This machine, at the port that is listened on.
    private static func publicURL(_ environment: [String: String]) -> String {
        guard let listen = environment["LONJA_HTTP_LISTEN"], let port = SocketAddress(parsing: listen)?.port, port > 0
        else { return PublicOrigin.standard }
        return "http://localhost:\(port)"
    }

    /// One screen: what runs, where, and what to try.
    public func greeting(_ addresses: HostAddresses) -> String {
        var lines = [
            "",
            "  Lonja is up: \(addresses.plugins.joined(separator: ", "))",
            "",
        ]
        let origin = self.environment["LONJA_PUBLIC_URL"] ?? PublicOrigin.standard
        let hasClient = addresses.plugins.contains("web") && addresses.http != nil
        if hasClient { lines += ["  Open    \(origin)", ""] }
        let certificate = self.environment["LONJA_HOST_RPC_TLS_CERTIFICATE"].map { ", mutual TLS with \($0)" }
        lines.append("  gRPC    \(addresses.rpc)\(certificate ?? "")")
        if let http = addresses.http { lines.append("  HTTP    http://\(http)") }
        lines.append("  public  \(origin), which links in mails begin with (LONJA_PUBLIC_URL)")
        lines.append("  admin   http://\(addresses.admin)")
        if let socket = self.environment["LONJA_ADMIN_SOCKET"] {
            lines.append("          LONJA_ADMIN_SOCKET=\(socket) for lonja drivers, lonja swap")
        }
        lines.append("  state   \(self.state)")
        lines += self.stores.lines.map { "          \($0)" }
        if let outbox = self.places.outbox {
            if hasClient, self.places.showsMails { lines.append("  mails   \(origin)/mails") }
            lines.append("  mails   \(outbox)/*.eml (sent to nobody)")
        }
        lines += [
            "",
            "  Try:",
            "    curl http://\(addresses.admin)/readyz",
            "    curl http://\(addresses.admin)/plugins",
            "    curl http://\(addresses.admin)/metrics",
        ]
        if let http = addresses.http {
            lines += [
                "    curl http://\(http)/api/v1/quotes/AAPL",
                "    curl 'http://\(http)/api/v1/quotes?symbols=AAPL,MSFT'",
                "    curl 'http://\(http)/api/v1/companies/AAPL/history?range=max'",
                "    curl -N 'http://\(http)/api/v1/quotes/stream?symbols=AAPL'",
            ]
        }
        return (lines + ["", "  Ctrl-C ends it.", ""]).joined(separator: "\n")
    }
}
