import Observe
import Reactor
import Testing

@testable import Valkey

extension Integration {
    @Suite struct AuthenticationTests {
        private static let users = [
            "--user default on >main ~* &* +@all", "--user app on >s3cret ~app:* &app:* +get +set",
        ].flatMap { $0.split(separator: " ").map(String.init) }

        private static func configure(_ user: String?, _ password: String?) -> (inout ValkeyConfiguration) -> Void {
            {
                $0.user = user
                $0.password = password.map { Secret($0) }
            }
        }

        @Test func `a user with a password, and what it may not do`() async throws {
            try await Store.run(Self.users, configure: Self.configure("app", "s3cret")) { store in
                let client = store.client
                try await client.set("app:1", "x")
                same(try await client.get("app:1", as: String.self), "x")
                let error = await failure { () async throws(ValkeyError) in _ = try await client.get("other") }
                #expect(error?.code == .noPermission)
                #expect(error.map { "\($0)".contains("other") } == false)
                same(await code { () async throws(ValkeyError) in _ = try await client.incr("app:1") }, .noPermission)
                // A channel that the user may not hear is refused before the body begins.
                await #expect(throws: ValkeyError(.noPermission, "")) {
                    try await client.subscribe(channels: ["other"]) { _ in Issue.record("the body does not run") }
                }
            }
        }

        @Test(arguments: [("app", "wrong"), ("nobody", "s3cret")])
        func `a wrong password is a clear error at once, and right once it is right`(user: String, password: String)
            async throws
        {
            try await Store.run(Self.users, configure: Self.configure(user, password)) { store in
                let start = MonotonicTime.now()
                for _ in 0..<3 {
                    let error = await failure { () async throws(ValkeyError) in _ = try await store.client.get("app:1")
                    }
                    #expect(error?.code == .wrongPassword && error?.mayHaveExecuted == false)
                    #expect(error?.message.contains("refused the user or the password") == true)
                    #expect(error.map { "\($0) \(String(reflecting: $0))".contains(password) } == false)
                }
                #expect(start.duration(to: .now()) < .seconds(3), "not at the deadline")
                let admin = store.client { Self.configure(nil, "main")(&$0) }
                defer { admin.close() }
                _ = try await admin.command("ACL", ["SETUSER", user, "on", ">" + password, "~*", "+@all"])
                #expect(
                    try await eventually {
                        await failure { () async throws(ValkeyError) in _ = try await store.client.get("app:1") } == nil
                    }
                )
            }
        }

        @Test func `no password where one is asked for`() async throws {
            try await Store.run(Self.users) { store in
                let error = await failure { () async throws(ValkeyError) in try await store.client.ping() }
                #expect(error?.code == .noAuthentication)
            }
        }

        @Test func `the database is chosen, and one that is not there refused`() async throws {
            try await Store.run(configure: { $0.database = 3 }) { store in
                try await store.client.set("a", 1)
                let other = store.client { $0.database = 0 }
                defer { other.close() }
                same(try await other.get("a"), nil)
                let none = store.client { $0.database = 99 }
                defer { none.close() }
                let error = await failure { () async throws(ValkeyError) in try await none.ping() }
                #expect(error?.code == .server("ERR") && error?.message.contains("database") == true)
            }
        }
    }
}
