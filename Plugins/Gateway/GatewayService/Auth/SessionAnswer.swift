import Contracts
import RPC
import SwiftProtobuf

/// A session as the public API shows it to its owner: with the token against forged requests, never with the cookie's.
struct SessionAnswer: JSONWritable {
    let session: AuthSession

    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.key("id")
            json.string(session.id)
            json.key("userId")
            json.string(session.userID)
            json.key("csrfToken")
            json.string(session.csrfToken)
            json.key("emailVerified")
            json.bool(session.emailVerified)
            json.key("remembered")
            json.bool(session.remembered)
            if session.hasCreatedAt {
                json.key("createdAt")
                json.timestamp(seconds: session.createdAt.seconds, nanos: session.createdAt.nanos)
            }
            if session.hasLastSeenAt {
                json.key("lastSeenAt")
                json.timestamp(seconds: session.lastSeenAt.seconds, nanos: session.lastSeenAt.nanos)
            }
            if session.hasExpiresAt {
                json.key("expiresAt")
                json.timestamp(seconds: session.expiresAt.seconds, nanos: session.expiresAt.nanos)
            }
            if session.hasAuthenticatedAt {
                json.key("authenticatedAt")
                json.timestamp(seconds: session.authenticatedAt.seconds, nanos: session.authenticatedAt.nanos)
            }
        }
    }
}
