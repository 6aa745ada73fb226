public import Reactor

/// The fixed variables of DESIGN §3: what to load and where to listen. Everything else is configuration.
public struct HostOptions: Sendable {
    /// What `LONJA_PLUGIN` asks for.
    public enum Selection: Sendable, Equatable {
        /// Every plugin that the search path has.
        case all
        /// These, in this order, each once.
        case named([String])
    }

    /// Names of the services of Lonja, whether or not they are loaded here: their keys may stand in a shared file.
    static let services = ["auth", "gateway", "market", "notification", "profile", "wallet", "web"]

    /// Plugins to load.
    public var selection: Selection
    /// Where libraries are looked for.
    public var locator: PluginLocator
    /// gRPC address.
    public var rpcAddress: SocketAddress
    /// Public HTTP address.
    public var httpAddress: SocketAddress
    /// Address of `/livez`, `/readyz`, `/metrics` and `/plugins`.
    public var adminAddress: SocketAddress
    /// Unix socket for changing things; nil for none.
    public var adminSocket: SocketAddress?
    /// All variables of the process.
    public let environment: [String: String]

    /// Reads the variables of a process.
    /// - Throws: `StartError` with exit code 64.
    public init(environment: [String: String]) throws(StartError) {
        self.environment = environment
        self.selection = try Self.selection(environment["LONJA_PLUGIN"] ?? "")
        self.locator = PluginLocator(path: environment["LONJA_PLUGIN_PATH"])
        self.rpcAddress = try Self.address("LONJA_RPC_LISTEN", environment, default: "127.0.0.1:50051")
        self.httpAddress = try Self.address("LONJA_HTTP_LISTEN", environment, default: "127.0.0.1:8080")
        self.adminAddress = try Self.address("LONJA_ADMIN_LISTEN", environment, default: "127.0.0.1:9090")
        if let path = environment["LONJA_ADMIN_SOCKET"], !path.isEmpty {
            guard path.hasPrefix("/"), let socket = SocketAddress(parsing: "unix:\(path)") else {
                throw StartError(
                    .usage,
                    "LONJA_ADMIN_SOCKET=\(path) is no path of a socket; use an absolute path of at most 107 bytes"
                )
            }
            self.adminSocket = socket
        }
    }

    /// Where the service `plugin` is, if not in this process.
    func target(of plugin: String) -> String {
        self.environment[Self.addressVariable(of: plugin)] ?? "dns:///\(plugin):50051"
    }

    static func addressVariable(of plugin: String) -> String {
        "LONJA_ADDRESS_" + plugin.uppercased().split(separator: "-").joined(separator: "_")
    }

    private static func selection(_ text: String) throws(StartError) -> Selection {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { name in
            String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        guard names != [""] else {
            throw StartError(
                .usage,
                "LONJA_PLUGIN is not set; name the plugins to load, as LONJA_PLUGIN=market or auth,profile or all"
            )
        }
        if names == ["all"] { return .all }
        for (index, name) in names.enumerated() {
            guard PluginRole.isName(name) else {
                throw StartError(
                    .usage,
                    "LONJA_PLUGIN names \"\(name)\", which is no name of a plugin; use a-z, 0-9 and \"-\""
                )
            }
            guard name != "all", !names[..<index].contains(name) else {
                throw StartError(
                    .usage,
                    "LONJA_PLUGIN=\(text) names \(name) \(name == "all" ? "beside others" : "twice")"
                )
            }
        }
        return .named(names)
    }

    private static func address(
        _ variable: String,
        _ environment: [String: String],
        default fallback: String
    ) throws(StartError) -> SocketAddress {
        let text = environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? fallback
        guard let address = SocketAddress(parsing: text) else {
            throw StartError(
                .usage,
                "\(variable)=\(text) is no address; use 127.0.0.1:50051, [::1]:50051 or unix:/path"
            )
        }
        return address
    }
}
