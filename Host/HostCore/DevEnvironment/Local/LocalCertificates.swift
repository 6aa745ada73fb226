import Config
import Glibc
import Reactor

/// An authority, and a certificate of it for gRPC that names every plugin: made by openssl, kept below `LONJA_STATE`, for
/// `lonja up` and for what runs beside it.
struct LocalCertificates {
    private static let local = Setting.bool("host.rpc.tls.local", default: false, "whether they are wanted")
    private static let callers = Setting.string("host.rpc.tls.callers", "who may call what")
    private static let files = ["certificate", "key", "authorities"]

    /// `tls` below the state.
    let folder: String

    /// Where they are below a state.
    init(_ state: String) {
        folder = "\(state)/tls"
    }

    /// The paths, as the variables of the settings that name them.
    var variables: [String: String] {
        let names = ["certificate": "host.pem", "key": "host.key", "authorities": "authority.pem"]
        return Dictionary(uniqueKeysWithValues: names.map { (Self.setting($0.key).variable, "\(folder)/\($0.value)") })
    }

    /// Whether the settings want them: `host.rpc.tls.local` is true, and no other certificate is named.
    /// - Throws: `StartError` for sources that cannot be read.
    static func areWanted(_ environment: [String: String]) throws(StartError) -> Bool {
        let declared = [local] + files.map(setting)
        let settings = try UnsetKeys.settings(declared, environment)
        return settings.bool(local.key) && !files.contains { settings.snapshot.isSet(setting($0).key) }
    }

    /// The variables of those that `lonja up` is to use, which are made; none if they are not wanted.
    /// - Throws: `StartError` where they cannot be made.
    static func variables(_ state: String, _ environment: [String: String]) throws(StartError) -> [String: String] {
        guard try areWanted(environment) else { return [:] }
        let found = PluginLocator(path: environment["LONJA_PLUGIN_PATH"]).all(.plugin).map(\.name)
        let plugins = Set(HostOptions.services + found).sorted()
        let certificates = LocalCertificates(state)
        try certificates.make(plugins)
        var variables = certificates.variables
        // On a laptop whoever has the certificate may call; who wants rules writes some.
        if try !UnsetKeys.of([callers], environment).isEmpty {
            variables[callers.variable] = plugins.map { "\($0): *" }.joined(separator: "; ")
        }
        return variables
    }

    private static func setting(_ name: String) -> Setting { .string("host.rpc.tls.\(name)", "file") }

    /// The authority stays as long as it is good, the certificate is new each time.
    private func make(_ plugins: [String]) throws(StartError) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Self.failed(folder) }
        try write(Self.configuration(plugins), to: "openssl.cnf")
        let monthInSeconds = "2592000"
        let isGood = try openssl(["x509", "-in", "authority.pem", "-noout", "-checkend", monthInSeconds]) == nil
        if !isGood {
            try request("authority", "authority", days: "3650", [])
        }
        try request("host", "service", days: "365", ["-CA", "authority.pem", "-CAkey", "authority.key"])
    }

    private static func configuration(_ plugins: [String]) -> String {
        """
        [req]
        distinguished_name = name
        [name]
        [authority]
        basicConstraints = critical, CA:TRUE
        keyUsage = critical, keyCertSign
        [service]
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        extendedKeyUsage = serverAuth, clientAuth
        subjectAltName = \(plugins.map { "DNS:\($0)" }.joined(separator: ", "))

        """
    }

    /// Makes a key and a certificate, and then puts both in the place of the old ones.
    private func request(
        _ name: String,
        _ kind: String,
        days: String,
        _ authority: [String]
    ) throws(StartError) {
        let problem = try openssl(
            [
                "req", "-x509", "-config", "openssl.cnf", "-extensions", kind, "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", days, "-subj", "/CN=Lonja \(kind) of this machine",
                "-keyout", "\(name).key.new", "-out", "\(name).pem.new",
            ] + authority
        )
        if let problem { throw StartError(.internalError, "openssl makes no certificate in \(folder): \(problem)") }
        for end in ["key", "pem"] where rename("\(folder)/\(name).\(end).new", "\(folder)/\(name).\(end)") != 0 {
            throw Self.failed("\(folder)/\(name).\(end)")
        }
    }

    /// Runs openssl in the folder.
    /// - Returns: what it complained about; nil if it did not.
    private func openssl(_ arguments: [String]) throws(StartError) -> String? {
        guard let path = PrivateServer.find(["openssl"], in: PrivateServer.searchPath) else {
            throw StartError(
                .dependencyUnavailable,
                "host.rpc.tls.local needs the program openssl; install Debian's package of that name"
            )
        }
        let program = ChildProgram(
            name: "openssl",
            path: path,
            arguments: arguments,
            folder: folder,
            log: "\(folder)/openssl.log",
            user: ChildUser(user: geteuid(), group: getegid(), name: ""),
            stopSignal: SIGTERM,
            orphanSignal: SIGTERM
        )
        do {
            let ending = try program.run()
            return ending.status == 0 ? nil : ending.output.split(separator: "\n").last.map(String.init) ?? "no reason"
        } catch {
            throw StartError(.internalError, "\(error)")
        }
    }

    private func write(_ text: String, to name: String) throws(StartError) {
        let descriptor = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failed("\(folder)/\(name)") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw Self.failed("\(folder)/\(name)") }
    }

    private static func failed(_ path: String) -> StartError {
        let why = String(cString: strerror(errno))
        return StartError(.usage, "\(path) cannot be made: \(why); set LONJA_STATE to a folder of yours")
    }
}
