import HTTP
import Observe
import Plugin
import Reactor

/// Answers `/livez`, `/readyz`, `/metrics`, `/plugins`, `/drivers` and `/channelz`, and on the unix socket `POST /swap?slot=…&driver=…`.
struct AdminHandler: Sendable {
    private let supervisor: Supervisor
    private let mayChange: Bool

    init(_ supervisor: Supervisor, mayChange: Bool) {
        self.supervisor = supervisor
        self.mayChange = mayChange
    }

    @Sendable func handle(_ request: HTTPRequest) async -> HTTPResponse {
        let method = request.head.method
        switch (String(request.head.path), method) {
        case ("/livez", .get), ("/livez", .head):
            return .text("ok\n")
        case ("/readyz", .get), ("/readyz", .head):
            return self.readiness
        case ("/metrics", .get), ("/metrics", .head):
            let text = Array(self.supervisor.metrics.prometheusText().utf8)
            return HTTPResponse(
                status: 200,
                fields: ["content-type": MetricRegistry.prometheusMediaType],
                body: .bytes(text)
            )
        case ("/plugins", .get), ("/plugins", .head):
            return Self.json(PluginReport.text(of: self.supervisor))
        case ("/drivers", .get), ("/drivers", .head):
            return Self.json(DriverReport.json(of: self.supervisor.drivers))
        case ("/drivers.txt", .get), ("/drivers.txt", .head):
            return .text(DriverReport.text(of: self.supervisor.drivers))
        case ("/channelz", .get), ("/channelz", .head):
            return Self.json(await ConnectionReport(of: self.supervisor).json)
        case ("/channelz.txt", .get), ("/channelz.txt", .head):
            return .text(await ConnectionReport(of: self.supervisor).text)
        case ("/swap", .post):
            return self.mayChange
                ? await self.swap(request) : .text("changes need the unix socket LONJA_ADMIN_SOCKET\n", status: 403)
        case ("/livez", _), ("/readyz", _), ("/metrics", _), ("/plugins", _), ("/drivers", _), ("/drivers.txt", _),
            ("/channelz", _), ("/channelz.txt", _), ("/swap", _):
            return .text("method \(method.rawValue) is not for this path\n", status: 405)
        default:
            return .text("there are /livez, /readyz, /metrics, /plugins, /drivers and /channelz\n", status: 404)
        }
    }

    private var readiness: HTTPResponse {
        switch self.supervisor.phase.value {
        case .ready: .text("ready\n")
        case .starting(let what): .text("starting: \(what)\n", status: 503)
        case .draining: .text("draining\n", status: 503)
        }
    }

    private func swap(_ request: HTTPRequest) async -> HTTPResponse {
        var values: [String: String] = [:]
        for pair in (request.head.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
        guard let slot = values["slot"], let driver = values["driver"], values.count == 2 else {
            return .text("say /swap?slot=notification.mail&driver=smtp\n", status: 400)
        }
        do {
            let done = try await self.supervisor.drivers.swap(slot, to: driver)
            let rest = done.leftBehind == 0 ? "" : ", \(done.leftBehind) calls end in the old one"
            let now = "\(done.driver.name) \(done.driver.version) (sha256 \(done.driver.build.prefix(12)))"
            return .text("\(slot): \(done.replaced?.name ?? "nothing") -> \(now)\(rest)\n")
        } catch {
            return .text("\(error)\n", status: 409)
        }
    }

    private static func json(_ text: String) -> HTTPResponse {
        HTTPResponse(status: 200, fields: ["content-type": "application/json"], body: .bytes(Array(text.utf8)))
    }
}
