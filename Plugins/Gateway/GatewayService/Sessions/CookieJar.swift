import Config
import Contracts
import HTTP
import Observe
import RPC
import SwiftProtobuf

/// The three cookies of the gateway. On https their names begin with `__Host-`, so that a browser takes them from this
/// host alone, over https alone; on this machine without https they are plain.
struct CookieJar: Sendable {
    /// How long a device is known after a login.
    static let deviceLife = Duration.seconds(90 * 24 * 3600)
    /// How long a login with Google may take.
    static let flowLife = Duration.seconds(600)

    let session: String
    let device: String
    let flow: String
    private let isSecure: Bool

    init(_ origin: PublicOrigin) {
        isSecure = origin.isSecure
        let prefix = isSecure ? "__Host-" : ""
        session = prefix + "lonja"
        device = prefix + "lonja-device"
        flow = prefix + "lonja-flow"
    }

    /// The session's cookie: until the session ends if it is to be remembered, else until the browser does.
    func setting(session token: String, of details: AuthSession) throws -> SetCookie {
        var life: Duration?
        if details.remembered {
            life = .seconds(max(0, details.expiresAt.seconds - WallTime.now().secondsSinceEpoch))
        }
        return try cookie(session, token, life)
    }

    /// The cookies of a new session.
    func setting(_ login: AuthLoginResponse) throws -> [SetCookie] {
        var cookies = [try setting(session: login.token, of: login.session)]
        if !login.deviceToken.isEmpty { cookies.append(try cookie(device, login.deviceToken, Self.deviceLife)) }
        return cookies
    }

    /// The cookie of a login with Google that has begun.
    func setting(flow token: String) throws -> SetCookie { try cookie(flow, token, Self.flowLife) }

    /// Takes the session's cookie away.
    var endingSession: SetCookie { removed(session) }

    /// Takes the flow's cookie away.
    var endingFlow: SetCookie { removed(flow) }

    private func removed(_ name: String) -> SetCookie {
        guard let cookie = try? cookie(name, "", .zero) else { preconditionFailure("\(name) is a cookie's name") }
        return cookie
    }

    private func cookie(_ name: String, _ value: String, _ life: Duration?) throws -> SetCookie {
        guard var cookie = SetCookie(name, value, maxAge: life) else {
            throw RPCError(.internalError, "the token for \(name) cannot stand in a cookie")
        }
        cookie.isSecure = isSecure
        return cookie
    }
}
