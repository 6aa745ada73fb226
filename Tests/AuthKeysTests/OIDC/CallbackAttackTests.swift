import Digest
import Observe
import RPC
import Testing
import Valkey

@testable import AuthService

/// Attacks 11 and 13 of the reference: callbacks that are replayed, exchanged, or from elsewhere. A code goes to the issuer
/// once at the most.
@Suite struct CallbackAttackTests {
    private func finish(_ issuer: Issuer, _ callback: OIDCCallback) async -> String {
        await reason { _ = try await issuer.client.finish(callback, context: .root()) }
    }

    @Test func aWholeLogin() async throws {
        try await Issuer.run { issuer in
            let login = try await issuer.login(next: "/wallet")
            #expect(login.subject == "1234567890" && login.email == "ana@example.org" && login.next == "/wallet")
            #expect(login.issuer == issuer.url && login.language == "es")
            #expect(login.givenName == "Ana" && login.familyName == "Núñez")
        }
    }

    /// What the browser is sent there with: everything is new each time.
    @Test func theRequest() async throws {
        try await Issuer.run { issuer in
            let first = try await issuer.client.begin(next: "/", context: .root())
            let second = try await issuer.client.begin(next: "/", context: .root())
            let (one, two) = (Issuer.query(first.location), Issuer.query(second.location))
            #expect(one["code_challenge_method"] == "S256" && one["prompt"] == "select_account")
            #expect(one["scope"] == "openid email profile" && one["response_type"] == "code")
            #expect(one["redirect_uri"] == "http://localhost:8080/api/v1/auth/google/callback")
            for name in ["state", "nonce", "code_challenge"] {
                #expect(Base64URL.decode(one[name] ?? "")?.count == 32)
                #expect(one[name] != two[name])
            }
            #expect(first.flowToken != second.flowToken)
            #expect(!first.location.contains(first.flowToken))
        }
    }

    /// What lies in the store is of no use: its name is a hash, and its text is encrypted with what the browser holds.
    @Test func whatTheStoreHolds() async throws {
        try await Issuer.run { issuer in
            let (location, flowToken) = try await issuer.client.begin(next: "/secret-place", context: .root())
            var names: [String] = []
            for try await name in issuer.store.client.keys() { names.append(String(decoding: name, as: UTF8.self)) }
            #expect(names == [OIDCFlow.key(flowToken)])
            let held = String(decoding: try await issuer.store.client.get(names[0]) ?? [], as: UTF8.self)
            let query = Issuer.query(location)
            for text in [query["state"] ?? "?", query["nonce"] ?? "?", "secret-place", flowToken] {
                #expect(!held.contains(text) && !names[0].contains(text))
            }
            guard case .expires(let left) = try await issuer.store.client.ttl(names[0]) else {
                Issue.record("a flow stays for ever")
                return
            }
            #expect(left > .seconds(590) && left <= .seconds(600))
        }
    }

    @Test func replay() async throws {
        try await Issuer.run { issuer in
            let callback = try await issuer.callback()
            _ = try await issuer.client.finish(callback, context: .root())
            for _ in 0..<3 {
                let found = await finish(issuer, callback)
                #expect(found == "login-flow-expired")
            }
            let codes = try await issuer.codes()
            #expect(codes == [callback.code])
        }
    }

    @Test func replayAtTheSameMoment() async throws {
        try await Issuer.run { issuer in
            let callback = try await issuer.callback()
            try await withThrowingTaskGroup(of: String.self) { tasks in
                for _ in 0..<20 { tasks.addTask { await finish(issuer, callback) } }
                var found: [String: Int] = [:]
                for try await reason in tasks { found[reason, default: 0] += 1 }
                #expect(found == ["none": 1, "login-flow-expired": 19])
            }
            let codes = try await issuer.codes()
            #expect(codes == [callback.code])
        }
    }

    /// The victim's browser opens a callback of the attacker's: its flow cookie is missing, or of another flow.
    @Test func aCallbackOfAnother() async throws {
        try await Issuer.run { issuer in
            let attacker = try await issuer.callback()
            let victim = try await issuer.callback()
            var crossed = attacker
            crossed.flowToken = victim.flowToken
            let state = await finish(issuer, crossed)
            #expect(state == "login-state-mismatch")
            for token in ["", "x", OIDCFlow.token(), attacker.flowToken + "=", String(attacker.flowToken.dropLast())] {
                var bare = attacker
                bare.flowToken = token
                let found = await finish(issuer, bare)
                #expect(found == "login-flow-expired")
            }
            // The victim's flow was used up by the attempt, and nothing came to the issuer.
            let found = await finish(issuer, victim)
            #expect(found == "login-flow-expired")
            let codes = try await issuer.codes()
            #expect(codes.isEmpty)
        }
    }

    @Test(arguments: ["", "x", "same+"])
    func states(kind: String) async throws {
        try await Issuer.run { issuer in
            var callback = try await issuer.callback()
            callback.state = kind == "same+" ? callback.state + "A" : kind
            let found = await finish(issuer, callback)
            #expect(found == "login-state-mismatch")
            let again = await finish(issuer, callback)
            #expect(again == "login-flow-expired")
            let codes = try await issuer.codes()
            #expect(codes.isEmpty)
        }
    }

    /// A stolen code in a flow of the attacker's own: PKCE binds it to the flow that it was given in.
    @Test func codeInjection() async throws {
        try await Issuer.run { issuer in
            let victim = try await issuer.callback()
            var attacker = try await issuer.callback()
            attacker.code = victim.code
            let found = await finish(issuer, attacker)
            #expect(found == "login-code-refused")
            let codes = try await issuer.codes()
            #expect(codes == [victim.code])
        }
    }

    /// RFC 9207.
    @Test func issuers() async throws {
        try await Issuer.run { issuer in
            for wrong in ["https://evil.example", issuer.url + "/", issuer.url.uppercased()] {
                var callback = try await issuer.callback()
                callback.issuer = wrong
                let found = await finish(issuer, callback)
                #expect(found == "login-issuer-mismatch")
            }
            var codes = try await issuer.codes()
            #expect(codes.isEmpty)
            try await issuer.control(#"{"callback_issuer": "\#(issuer.url)"}"#)
            _ = try await issuer.login()
            codes = try await issuer.codes()
            #expect(codes.count == 1)
        }
    }

    /// An issuer that says it names itself must do so.
    @Test func anIssuerThatIsMissing() async throws {
        try await Issuer.run { issuer in
            try await issuer.control(#"{"metadata": {"authorization_response_iss_parameter_supported": true}}"#)
            let callback = try await issuer.callback()
            let found = await finish(issuer, callback)
            #expect(found == "login-issuer-mismatch")
            try await issuer.control(#"{"callback_issuer": "\#(issuer.url)"}"#)
            _ = try await issuer.login()
        }
    }

    @Test func errors() async throws {
        try await Issuer.run { issuer in
            for (error, expected) in [
                ("access_denied", "login-denied"), ("server_error", "login-failed"), ("x", "login-failed"),
            ] {
                var callback = try await issuer.callback()
                callback.error = error
                let found = await finish(issuer, callback)
                #expect(found == expected)
            }
            for code in ["", "a b", "a\r\nb", "é", String(repeating: "a", count: 2049)] {
                var callback = try await issuer.callback()
                callback.code = code
                let found = await finish(issuer, callback)
                #expect(found == "login-failed")
            }
            let codes = try await issuer.codes()
            #expect(codes.isEmpty)
        }
    }

    /// An issuer without PKCE S256 is none to log in at.
    @Test func plainChallenges() async throws {
        try await Issuer.run { issuer in
            try await issuer.control(#"{"metadata": {"code_challenge_methods_supported": ["plain"]}}"#)
            let found = await reason { _ = try await issuer.client.begin(next: "/", context: .root()) }
            #expect(found == "login-provider-unavailable")
        }
    }

    /// The connection is lost after the code was sent, on a new connection and on one that was used before: whether it was
    /// redeemed is not known, and it is not sent again.
    @Test func theCodeIsSentOnce() async throws {
        try await Issuer.run { issuer in
            _ = try await issuer.login()
            for _ in 0..<3 {
                try await issuer.control(#"{"token_hangup": true}"#)
                let callback = try await issuer.callback()
                let before = try await issuer.count("token")
                let found = await finish(issuer, callback)
                #expect(found == "login-provider-unavailable")
                let after = try await issuer.count("token")
                #expect(after == before + 1)
                let again = await finish(issuer, callback)
                #expect(again == "login-flow-expired")
                try await issuer.reset()
                _ = try await issuer.login()
            }
        }
    }

    @Test func secretsInTheForm() async throws {
        try await Issuer.run { issuer in
            try await issuer.control(
                #"""
                {"authentication": "post", "metadata": {"token_endpoint_auth_methods_supported": ["client_secret_post"]}}
                """#
            )
            _ = try await issuer.login()
        }
    }

    @Test(arguments: [
        #"{"token_status": 500}"#, #"{"token_status": 302}"#, #"{"token_text": "{}"}"#, #"{"token_text": "nope"}"#,
        #"{"token_text": "{\"error\": \"invalid_client\"}", "token_status": 401}"#, #"{"token_type": "mac"}"#,
        #"{"authentication": "post"}"#, #"{"token_text": "[]"}"#,
    ])
    func tokenEndpointsThatFail(control: String) async throws {
        try await Issuer.run { issuer in
            let callback = try await issuer.callback()
            try await issuer.control(control)
            let found = await finish(issuer, callback)
            #expect(found == "login-provider-unavailable")
            let codes = try await issuer.codes()
            #expect(codes == [callback.code])
        }
    }

    @Test func answersWithoutEnd() async throws {
        try await Issuer.run { issuer in
            let callback = try await issuer.callback()
            try await issuer.control(#"{"token_text": "\#(String(repeating: "x", count: 70_000))"}"#)
            let found = await finish(issuer, callback)
            #expect(found == "login-provider-unavailable")
        }
    }
}
