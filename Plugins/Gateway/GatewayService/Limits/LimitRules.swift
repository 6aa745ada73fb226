import Config
import RPC

/// How often clients may call, as the configuration says.
struct LimitRules: Sendable {
    private let byAddress: [RESTQuota: RateLimit]
    private let byAccount: [RESTQuota: RateLimit]

    private static let enabledKey = "gateway.limits.enabled"
    private static let defaults: [(quota: RESTQuota, address: String, account: String)] = [
        (.read, "100/s 1000", "50/s 500"), (.write, "20/s 200", "10/s 100"), (.login, "30/m 60", "10/m 20"),
        (.mail, "10/m 30", "5/m 10"), (.stream, "5/s 100", "2/s 50"),
    ]

    static var settings: [Setting] {
        let form = ", as 100/s 1000: 100 a second (m: minute, h: hour), 1000 at once; off for no limit"
        return [.bool(enabledKey, default: true, "whether calls are counted by address and account")]
            + defaults.flatMap { each -> [Setting] in
                [
                    .string(
                        key(each.quota, "address"),
                        default: each.address,
                        "\(each.quota.rawValue) calls of one address" + form
                    ),
                    .string(
                        key(each.quota, "account"),
                        default: each.account,
                        "\(each.quota.rawValue) calls of one account" + form
                    ),
                ]
            }
    }

    /// - Throws: `ConfigurationError` for what is no limit.
    init(_ settings: Settings) throws {
        var all: [String: [RESTQuota: RateLimit]] = ["address": [:], "account": [:]]
        for each in Self.defaults where settings.bool(Self.enabledKey) {
            for by in ["address", "account"] {
                let key = Self.key(each.quota, by)
                let text = settings.string(key)
                guard text != "off" else { continue }
                guard let limit = RateLimit(text) else {
                    throw ConfigurationError(
                        invalid: key,
                        "\(key): \(text.prefix(100)) is no limit; use 100/s 1000, 30/m 60 or off"
                            + " (\(settings.snapshot.origin(of: key)))"
                    )
                }
                all[by]?[each.quota] = limit
            }
        }
        byAddress = all["address"] ?? [:]
        byAccount = all["account"] ?? [:]
    }

    func limit(_ quota: RESTQuota, _ subject: LimitSubject) -> RateLimit? {
        if case .account = subject { byAccount[quota] } else { byAddress[quota] }
    }

    private static func key(_ quota: RESTQuota, _ by: String) -> String { "gateway.limits.\(quota.rawValue).\(by)" }
}
