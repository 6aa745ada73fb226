import Digest
import Observe
import RPC
import Testing
import Valkey

@testable import AuthService

@Suite struct SessionKeyRingTests {
    @Test func signsAndVerifies() async throws {
        try await Store.run { store in
            let clock = TestClock()
            let ring = SessionKeyFixture.ring(store, clock)
            let authenticated = WallTime(secondsSinceEpoch: 1_799_999_000)
            let (token, expires) = try await ring.sign(
                sessionID: SessionKeyFixture.session,
                userID: SessionKeyFixture.user,
                authenticatedAt: authenticated,
                scopes: [.trade, .read]
            )
            #expect(clock.now.duration(to: expires) == .seconds(300))
            let claims = try await ring.verify(token)
            #expect(claims.sessionID == SessionKeyFixture.session)
            #expect(claims.userID == SessionKeyFixture.user)
            #expect(claims.authenticatedAt == authenticated)
            #expect(claims.expiresAt == expires)
            #expect(claims.scopes == [.read, .trade])
            let other = try await ring.token()
            #expect(other != token, "every token has an id of its own")
            let parts = try CompactJWS(token, maximumBytes: 2048)
            #expect(parts.header.keys.sorted() == ["alg", "kid", "typ"])
            let names = ["aud", "auth_time", "exp", "iat", "iss", "jti", "scope", "sid", "sub"]
            #expect(parts.claims.keys.sorted() == names)
            #expect(parts.claims["scope"]?.string == "read trade")
        }
    }

    /// By the clock of whoever looks, 30 seconds more or less; from the memory of verified tokens too.
    @Test(arguments: [true, false])
    func expires(isRemembered: Bool) async throws {
        try await Store.run { store in
            let clock = TestClock()
            let ring = SessionKeyFixture.ring(store, clock)
            let token = try await ring.token()
            if isRemembered { _ = try await ring.verify(token) }
            clock.advance(.seconds(329))
            _ = try await ring.verify(token)
            clock.advance(.seconds(1))
            let found = await tokenError { _ = try await ring.check(token) }
            #expect(found == .expired)
            let told = await failure { _ = try await ring.verify(token) } as? RPCError
            #expect(told?.code == .unauthenticated)
            #expect(told?.reason == "session-key-invalid")
        }
    }

    @Test func aClockThatIsAhead() async throws {
        try await Store.run { store in
            let clock = TestClock()
            let here = SessionKeyFixture.ring(store, clock)
            _ = try await here.token()
            let slightly = try await SessionKeyFixture.ring(store, clock, ahead: .seconds(30)).token()
            _ = try await here.verify(slightly)
            let far = try await SessionKeyFixture.ring(store, clock, ahead: .seconds(31)).token()
            let found = await tokenError { _ = try await here.check(far) }
            #expect(found == .notYetValid)
        }
    }

    /// Ten replicas that start together share one key.
    @Test func startTogether() async throws {
        try await Store.run(loops: 2) { store in
            let clock = TestClock()
            let rings = (0..<10).map { _ in SessionKeyFixture.ring(store, clock) }
            let tokens = try await withThrowingTaskGroup(of: String.self) { tasks in
                for ring in rings { tasks.addTask { try await ring.token() } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            let kids = Set(try tokens.map { try CompactJWS($0, maximumBytes: 2048).header["kid"]?.string })
            #expect(kids.count == 1)
            for ring in rings { for token in tokens { _ = try await ring.verify(token) } }
            clock.advance(.seconds(86_400))
            try await withThrowingTaskGroup { tasks in
                for ring in rings { tasks.addTask { try await ring.turn() } }
                try await tasks.waitForAll()
            }
            for ring in rings {
                let set = try await ring.jwks()
                #expect(set.split(separator: "kid").count == 3, "one more key, whoever made it")
            }
        }
    }

    @Test func publicSet() async throws {
        try await Store.run { store in
            let ring = SessionKeyFixture.ring(store, TestClock())
            let token = try await ring.token()
            let kid = try CompactJWS(token, maximumBytes: 2048).header["kid"]
            let set = JSONValue(parsing: Array(try await ring.jwks().utf8), maximumBytes: 4096)
            let keys = try #require(set?.object?["keys"]?.array)
            #expect(keys.count == 1)
            let members = try #require(keys[0].object)
            #expect(members.keys.sorted() == ["alg", "crv", "kid", "kty", "use", "x", "y"])
            #expect(members["kid"] == kid)
            #expect(members["x"]?.string.flatMap { Base64URL.decode($0) }?.count == 32)
        }
    }

    // MARK: The store

    /// Neither a scalar nor a secret is in what the store holds.
    @Test func theStoreHoldsNoSecret() async throws {
        try await Store.run { store in
            let ring = SessionKeyFixture.ring(store, TestClock())
            _ = try await ring.token()
            var names: [String] = []
            for try await name in store.client.keys() { names.append(String(decoding: name, as: UTF8.self)) }
            #expect(names == ["auth:keys:ring"])
            let text = try #require(try await store.client.get("auth:keys:ring"))
            let records = try await store.records()
            let key = SealingKey(
                secret: Array(SessionKeyFixture.secret.reveal().utf8),
                purpose: "lonja auth session keys 1"
            )
            let scalar = try #require(key.open(records[0].sealed, context: records[0].context))
            let held = String(decoding: text, as: UTF8.self)
            #expect(!held.contains(Base64URL.encode(scalar)) && !held.contains(Hexadecimal.text(scalar)))
        }
    }

    /// Who can write to the store, but does not know the secret, cannot add a key.
    @Test func aKeyOfAnother() async throws {
        try await Store.run { store in
            let clock = TestClock()
            let ring = SessionKeyFixture.ring(store, clock)
            _ = try await ring.token()
            let foe = SessionKeyFixture.ring(store, clock, secrets: [Secret(String(repeating: "x", count: 32))])
            let forged = try await foe.token()
            try await ring.turn()
            let found = await tokenError { _ = try await ring.check(forged) }
            #expect(found == .unknownKey)
            let set = try await ring.jwks()
            #expect(set.split(separator: "kid").count == 2, "it is not published either")
            // A record of ours with its point exchanged does not open.
            var records = try await store.records()
            records.removeLast()
            records[0].point = try P256PrivateKey.generate().point
            try await store.client.set("auth:keys:ring", KeyRecord.text(records))
            let fresh = SessionKeyFixture.ring(store, clock)
            let token = try await fresh.token()
            let kid = try CompactJWS(token, maximumBytes: 2048).header["kid"]?.string
            #expect(kid != records[0].kid)
        }
    }

    /// First all replicas learn the new secret, then it comes first: nothing is refused on the way.
    @Test func theSecretIsChanged() async throws {
        try await Store.run { store in
            let clock = TestClock()
            let new = Secret("fedcba9876543210fedcba9876543210")
            let before = SessionKeyFixture.ring(store, clock)
            let both = SessionKeyFixture.ring(store, clock, secrets: [new, SessionKeyFixture.secret])
            let token = try await before.token()
            _ = try await both.verify(token)
            clock.advance(.seconds(86_400))
            try await both.turn()
            clock.advance(.seconds(700))
            let next = try await both.token()
            let after = SessionKeyFixture.ring(store, clock, secrets: [new])
            _ = try await after.verify(next)
        }
    }

    @Test func withoutASecret() async throws {
        try await Store.run { store in
            let clock = TestClock()
            let one = SessionKeyFixture.ring(store, clock, secrets: nil)
            let two = SessionKeyFixture.ring(store, clock, secrets: nil)
            let token = try await one.token()
            _ = try await two.verify(token)
        }
    }

    @Test func theStoreIsEmptied() async throws {
        try await Store.run { store in
            let clock = TestClock()
            let rings = [SessionKeyFixture.ring(store, clock), SessionKeyFixture.ring(store, clock)]
            for ring in rings { _ = try await ring.token() }
            _ = try await store.client.command("FLUSHALL")
            try await rings[0].turn()
            let token = try await rings[0].token()
            _ = try await rings[1].verify(token)
            // One that learns of it by an unknown name goes on too.
            _ = try await store.client.command("FLUSHALL")
            clock.advance(.seconds(30))
            let found = await tokenError { _ = try await rings[1].check("\(token.prefix(20))x") }
            #expect(found == .malformed)
            let unknown = #"{"alg":"ES256","kid":"x","typ":"lonja-session+jwt"}"#
            let parts = token.split(separator: ".")
            let name = await tokenError {
                _ = try await rings[1].check("\(Base64URL.encode(Array(unknown.utf8))).\(parts[1]).\(parts[2])")
            }
            #expect(name == .unknownKey)
            let next = try await rings[1].token()
            _ = try await rings[1].verify(next)
        }
    }

    /// What is known goes on; what is not, cannot be told from what is away, and is not called invalid.
    @Test func theStoreIsAway() async throws {
        try await Store.run(timeout: .seconds(1)) { store in
            let clock = TestClock()
            let ring = SessionKeyFixture.ring(store, clock)
            let token = try await ring.token()
            let other = SessionKeyFixture.ring(store, clock, publicURL: "https://other.example")
            _ = try await other.token()
            _ = try await store.client.command("FLUSHALL")
            try await other.turn()
            let unknown = try await other.token()
            store.freeze(true)
            defer { store.freeze(false) }
            _ = try await ring.verify(token)
            _ = try await ring.token()
            for _ in 0..<2 {
                let found = await failure { _ = try await ring.verify(unknown) }
                #expect(found is ValkeyError)
            }
        }
    }

    /// `run` finds by itself what others made.
    @Test func runs() async throws {
        try await Store.run { store in
            let clock = TestClock()
            let ring = SessionKeyFixture.ring(store, clock)
            let runner = Task { try await ring.run() }
            while try await store.client.get("auth:keys:ring") == nil { await Task.yield() }
            runner.cancel()
            try await runner.value
        }
    }
}
