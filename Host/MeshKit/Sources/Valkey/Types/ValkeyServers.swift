public import Observe

/// Which server a client talks to.
public struct ValkeyServers: Sendable {
    enum Kind: Sendable {
        case one(ValkeyEndpoint)
        case primary([ValkeyEndpoint])
        case sentinel([ValkeyEndpoint], primary: String, user: String?, password: Secret?)
    }
    let kind: Kind

    /// This one, whatever its role.
    public static func one(_ endpoint: ValkeyEndpoint) -> ValkeyServers {
        ValkeyServers(kind: .one(endpoint))
    }

    /// The primary among these: each is asked for its role (ROLE, or INFO where that is not allowed), again whenever
    /// the connection is lost or the server says that it is not the one to ask.
    public static func primary(among endpoints: [ValkeyEndpoint]) -> ValkeyServers {
        precondition(!endpoints.isEmpty, "a list of servers has at least one")
        return ValkeyServers(kind: .primary(endpoints))
    }

    /// The primary that Sentinels know by this name (https://valkey.io/topics/sentinel-clients); what they say is
    /// checked with ROLE.
    /// - Parameters:
    ///   - sentinels: asked one after the other until one knows.
    ///   - primary: the name of the set, as in `sentinel monitor`.
    ///   - user: the user at the Sentinels; nil for the default one.
    ///   - password: the password at the Sentinels, which is not the servers' own.
    public static func sentinel(
        _ sentinels: [ValkeyEndpoint],
        primary: String,
        user: String? = nil,
        password: Secret? = nil
    ) -> ValkeyServers {
        precondition(!sentinels.isEmpty, "there is at least one Sentinel")
        return ValkeyServers(kind: .sentinel(sentinels, primary: primary, user: user, password: password))
    }

    /// Whether another server could be the right one, so that a READONLY is worth another try.
    var mayChange: Bool {
        if case .one = kind { false } else { true }
    }
}
