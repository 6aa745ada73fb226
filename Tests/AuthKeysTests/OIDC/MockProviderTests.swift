import Fetch
import RPC
import Testing

@testable import AuthService

/// Against oidc-provider-mock, which nobody here wrote: the whole flow, its form included.
@Suite struct MockProviderTests {
    @Test func login() async throws {
        try await Issuer.run("mock.py", mayLeaveKeyUnnamed: true) { issuer in
            let (location, flowToken) = try await issuer.client.begin(next: "/wallet?a=b", context: .root())
            let page = try await issuer.visit(location)
            #expect(page.status == 200)
            #expect(page.text.contains("Authorize"))
            let answer = try await issuer.visit(location, form: "sub=ana")
            let login = try await issuer.client.finish(try issuer.callback(answer, flowToken), context: .root())
            let expected = OIDCLogin(
                issuer: issuer.url,
                subject: "ana",
                email: "ana@example.org",
                emailVerified: true,
                givenName: "Ana",
                familyName: "Núñez",
                language: "es",
                next: "/wallet?a=b"
            )
            #expect(login == expected)
        }
    }

    @Test func twiceAtTheSameTime() async throws {
        try await Issuer.run("mock.py", mayLeaveKeyUnnamed: true) { issuer in
            try await withThrowingTaskGroup(of: OIDCLogin.self) { tasks in
                for number in 0..<8 {
                    tasks.addTask {
                        let (location, token) = try await issuer.client.begin(next: "/\(number)", context: .root())
                        let answer = try await issuer.visit(location, form: "sub=ana")
                        return try await issuer.client.finish(try issuer.callback(answer, token), context: .root())
                    }
                }
                var seen: Set<String> = []
                for try await login in tasks { seen.insert(login.next) }
                #expect(seen.count == 8)
            }
        }
    }

    @Test func denied() async throws {
        try await Issuer.run("mock.py", mayLeaveKeyUnnamed: true) { issuer in
            let (location, flowToken) = try await issuer.client.begin(next: "/", context: .root())
            let answer = try await issuer.visit(location, form: "action=deny")
            let callback = try issuer.callback(answer, flowToken)
            #expect(callback.error == "access_denied")
            // The mock leaves out the state, which RFC 6749 §4.1.2.1 asks for; without it nobody's word counts.
            #expect(callback.state.isEmpty)
            let found = await reason { _ = try await issuer.client.finish(callback, context: .root()) }
            #expect(found == "login-state-mismatch")
        }
    }

    @Test func anAddressThatIsNotVerified() async throws {
        try await Issuer.run("mock.py", mayLeaveKeyUnnamed: true) { issuer in
            let (location, flowToken) = try await issuer.client.begin(next: "/", context: .root())
            let callback = try issuer.callback(try await issuer.visit(location, form: "sub=bob"), flowToken)
            let found = await reason { _ = try await issuer.client.finish(callback, context: .root()) }
            #expect(found == "login-email-unverified")
        }
    }

    @Test func aCodeThatIsNoneOfItsOwn() async throws {
        try await Issuer.run("mock.py", mayLeaveKeyUnnamed: true) { issuer in
            let (location, flowToken) = try await issuer.client.begin(next: "/", context: .root())
            var callback = try issuer.callback(try await issuer.visit(location, form: "sub=ana"), flowToken)
            callback.code = "x" + callback.code
            let found = await reason { _ = try await issuer.client.finish(callback, context: .root()) }
            #expect(found == "login-code-refused")
        }
    }
}
