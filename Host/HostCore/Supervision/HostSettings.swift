import Config

/// The keys of the host itself.
enum HostSettings {
    static let tracesEndpoint = "host.traces.endpoint"
    static let tracesRatio = "host.traces.ratio"
    static let penalties = "host.penalties"

    static let own = ofProcess + ChannelSettings.own

    private static let ofProcess: [Setting] = [
        .duration(
            "host.drainDelay",
            default: "0s",
            range: 0...300,
            "how long to go on serving after SIGTERM, until load balancers have noticed that this process is not ready"
        ),
        .duration(
            "host.drainDeadline",
            default: "30s",
            range: 0...3600,
            "how long calls in flight may take to end after that"
        ),
        .duration(
            "host.gracePeriod",
            default: "0s",
            range: 0...7200,
            "how long whoever ends this process waits between SIGTERM and SIGKILL, which both must fit into; 0 if unknown"
        ),
        .bool(
            Self.penalties,
            default: true,
            "whether an address that is cut off for abuse again and again is let in no more for a while, longer each time"
        ),
        .duration(
            "host.rpc.connectionAge",
            default: "0s",
            range: 0...86400,
            "the age at which a gRPC client is asked to connect elsewhere, within a tenth; 0 for never"
        ),
        .duration(
            "host.rpc.keepAlive",
            default: "2h",
            range: 10...86400,
            "how long a gRPC client may be silent before it is asked whether it is there"
        ),
        .duration(
            "host.rpc.pingInterval",
            default: "10s",
            range: 0...3600,
            "the least time between two PINGs of a gRPC client with calls under way; too many end its connection"
        ),
        .duration(
            "host.watchdog",
            default: "0s",
            range: 0...60,
            "for debugging: names in the log whatever holds an event loop longer than this; 0 for no watch"
        ),
        .string(
            "host.rpc.tls.certificate",
            "PEM file: the certificate for gRPC, then its chain; each plugin is the first label of one of its DNS names"
        ),
        .string("host.rpc.tls.key", "PEM file: the key of that certificate"),
        .string("host.rpc.tls.authorities", "PEM file: the authorities of all services' certificates"),
        .string(
            "host.rpc.tls.callers",
            "who may call what, in this process and, with a certificate, from others: \"profile: auth gateway;"
                + " profile/lonja.profile.v1.Profile/CaptureHold: wallet\""
        ),
        .bool(
            "host.rpc.tls.local",
            default: false,
            "lonja up makes an authority and a certificate for gRPC below its state, and sets the others"
        ),
        .string("host.http.tls.certificate", "PEM file: the certificate of the public server, then its chain"),
        .string("host.http.tls.key", "PEM file: the key of that certificate"),
        .int("host.loops", default: 0, range: 0...1024, "event loops, each a thread; 0 for one per core"),
        .duration(
            "host.busyPoll",
            default: "50us",
            range: 0...0.001,
            "how long a loop that was woken soon the last time looks for more before it sleeps, while nobody else wants its "
                + "processor: calls made one at a time are answered up to twice as soon in virtual machines; 0 for never"
        ),
        .string(
            "host.logLevel",
            default: "info",
            choices: ["trace", "debug", "info", "notice", "warning", "error", "critical"],
            "least important level that is written"
        ),
        .string(
            "host.logFormat",
            default: "auto",
            choices: ["auto", "text", "json"],
            "auto is text on a terminal, else json"
        ),
        .string(
            "host.traces.endpoint",
            "where spans are sent by OTLP over gRPC, as 127.0.0.1:4317 or dns:///collector:4317; none: nothing is recorded"
        ),
        .string(
            "host.traces.tls.authorities",
            "PEM file: the authorities of the collector's certificate; with it spans are sent in TLS alone"
        ),
        .string("host.traces.tls.certificate", "PEM file: a certificate to show to the collector, then its chain"),
        .string("host.traces.tls.key", "PEM file: the key of that certificate"),
        .string("host.traces.tls.name", "whom the collector's certificate must name; by default the endpoint's host"),
        .double(
            "host.traces.ratio",
            default: 0.01,
            range: 0...1,
            "share of the traces beginning here that is recorded; followed while the process runs"
        ),
    ]

    /// Key of the pinned hash of a plugin or a driver.
    static func pinKey(_ name: String) -> String {
        let parts = name.split(separator: "-")
        return "plugins." + (parts.first ?? "")
            + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            + ".sha256"
    }

    /// Declarations of the pins of `names`.
    static func pins(_ names: some Sequence<String>) -> [Setting] {
        names.map { .string(Self.pinKey($0), "SHA-256 that the library of \($0) must have, 64 hexadecimal digits") }
    }

    /// Key that names the driver of a slot.
    static func driverKey(_ slot: String) -> String { "\(slot).driver" }
}
