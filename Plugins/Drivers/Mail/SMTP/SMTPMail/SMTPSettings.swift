import Config
import Fetch
import Glibc
import Observe
import Plugin

/// The settings of the driver, read and checked.
struct SMTPSettings: Sendable {
    /// A value is missing, or is not what its setting asks for.
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    private static func key(_ name: String) -> String { "notification.mail.smtp.\(name)" }

    static let declared: [Setting] = [
        .string(key("host"), "Name of the mail server that takes our mails; its certificate must be for it"),
        .int(key("port"), default: 587, range: 1...65535, "Port of the mail server"),
        .string(
            key("security"),
            default: "starttls",
            choices: ["starttls", "tls", "none"],
            "starttls (required, never without), tls from the first byte (port 465), or none, to a loopback address only"
        ),
        .string(key("user"), "User at the mail server; none if it asks for nothing"),
        .secret(key("password"), "Password of the user"),
        .string(key("certificateAuthorities"), "PEM file of the authorities to trust; the system's if there is none"),
        .string(key("clientName"), "Name of this machine in EHLO; the machine's own if there is none"),
        .int(key("connections"), default: 2, range: 1...100, "Connections at once, for each event loop"),
    ]

    let client: SMTPClientConfiguration

    init(_ settings: Settings) throws(Invalid) {
        let snapshot = settings.snapshot
        guard let host = snapshot.optionalString(Self.key("host")), !host.isEmpty else {
            throw Invalid(description: "\(Self.key("host")) is not set; give it the name of the mail server")
        }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !host.contains("/") else {
            throw Invalid(description: "\(Self.key("host")) is no host name")
        }
        let security = snapshot.string(Self.key("security"))
        var client = SMTPClientConfiguration(
            host: host,
            port: UInt16(snapshot.int(Self.key("port"))),
            security: security == "tls" ? .implicitTLS : security == "none" ? .plainToLoopback : .startTLS
        )
        let user = snapshot.optionalString(Self.key("user")) ?? ""
        let password = snapshot.secret(Self.key("password"))
        guard user.isEmpty == (password?.isEmpty ?? true) else {
            throw Invalid(description: "\(Self.key("user")) and \(Self.key("password")) are set together or not at all")
        }
        if let password, !user.isEmpty { client.credentials = SMTPCredentials(user: user, secret: password) }
        client.certificateAuthorities = snapshot.optionalString(Self.key("certificateAuthorities"))
        client.connections = snapshot.int(Self.key("connections"))
        if let name = snapshot.optionalString(Self.key("clientName")) {
            guard Self.isHostName(name) else { throw Invalid(description: "\(Self.key("clientName")) is no host name") }
            client.clientName = name
        } else if let name = Self.nodeName, Self.isHostName(name) {
            client.clientName = name
        }
        self.client = client
    }

    private static func isHostName(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasPrefix(".") && !text.hasSuffix(".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
                default: false
                }
            }
    }

    private static var nodeName: String? {
        var space = [CChar](repeating: 0, count: 256)
        guard gethostname(&space, space.count - 1) == 0 else { return nil }
        return String(decoding: space.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
