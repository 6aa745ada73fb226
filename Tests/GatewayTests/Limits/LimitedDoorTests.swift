import Config
import HTTP
import RPC
import Testing

@testable import GatewayService

/// Limits through the door.
@Suite struct LimitedDoorTests {
    private static let three = ["LONJA_GATEWAY_LIMITS_READ_ADDRESS": "1/h 3"]

    @Test func anAddressIsToldToWait() async throws {
        let fixture = try Fixture(Self.three)
        for left in [2, 1, 0] {
            let answer = await fixture.send(.get, "/quotes/AAPL")
            #expect(answer.status == 200)
            #expect(answer.fields["ratelimit-policy"] == #""read-address";q=3;w=10800"#)
            #expect(answer.fields["ratelimit"]?.hasPrefix(#""read-address";r=\#(left);t="#) == true)
        }
        let refused = await fixture.send(.get, "/quotes/AAPL")
        #expect(refused.status == 429)
        #expect(refused.text.contains(#""code":"rate-limited""#))
        #expect(refused.fields["ratelimit"]?.hasPrefix(#""read-address";r=0;t=3"#) == true)
        #expect(refused.fields["retry-after"].flatMap(Int.init).map { (3500...3600).contains($0) } == true)
        // Not another address, another kind of call, or whoever asks whether the process lives.
        #expect(await fixture.send(.get, "/quotes/AAPL", remote: "192.0.2.8:1").status == 200)
        #expect(await fixture.send(.post, "/auth/register", [:], "{}").status != 429)
        #expect(await fixture.send(.get, "/healthz").status == 200)
    }

    @Test func neighboursOfOneIPv6NetworkAreOne() async throws {
        let fixture = try Fixture(Self.three)
        for host in 1...3 {
            #expect(await fixture.send(.get, "/quotes/AAPL", remote: "[2001:db8::\(host)]:1").status == 200)
        }
        #expect(await fixture.send(.get, "/quotes/AAPL", remote: "[2001:db8::ffff]:1").status == 429)
        #expect(await fixture.send(.get, "/quotes/AAPL", remote: "[2001:db8:0:1::1]:1").status == 200)
    }

    @Test func aForgedAddressIsNotCountedForAnother() async throws {
        let fixture = try Fixture(Self.three)
        var last = 0
        for number in 1...4 {
            let fields: HTTPFields = ["x-forwarded-for": "198.51.100.\(number)"]
            last = await fixture.send(.get, "/quotes/AAPL", fields).status
        }
        #expect(last == 429)
    }

    @Test func anAccountIsCountedFromWherever() async throws {
        let fixture = try Fixture(["LONJA_GATEWAY_LIMITS_READ_ACCOUNT": "1/h 2"])
        for host in 1...3 {
            let answer = await fixture.send(.get, "/auth/session", Fixture.own(), remote: "192.0.2.\(host):1")
            #expect(answer.status == (host <= 2 ? 200 : 429))
            #expect(answer.fields["ratelimit-policy"] == #""read-account";q=2;w=7200"#)
        }
    }

    @Test func loginsAreCountedByThemselves() async throws {
        let fixture = try Fixture(["LONJA_GATEWAY_LIMITS_LOGIN_ADDRESS": "1/h 1"])
        let body = #"{"email":"ana@example.com","password":"correct horse battery"}"#
        #expect(await fixture.send(.post, "/auth/login", [:], body).status == 200)
        let refused = await fixture.send(.post, "/auth/login", [:], body)
        #expect(refused.status == 429)
        #expect(fixture.auth.state.logins.count == 1, "a refused login reaches nobody")
        #expect(await fixture.send(.get, "/quotes/AAPL").status == 200)
    }

    @Test func refusalsSayWhatIsLeft() async throws {
        let answer = await (try Fixture()).send(.get, "/profile")
        #expect(answer.status == 401)
        #expect(answer.fields["ratelimit"]?.hasPrefix(#""read-address";r=999"#) == true)
        #expect(answer.fields["www-authenticate"] == "Bearer")
    }

    @Test(arguments: [["LONJA_GATEWAY_LIMITS_ENABLED": "false"], ["LONJA_GATEWAY_LIMITS_READ_ADDRESS": "off"]])
    func canBeSwitchedOff(environment: [String: String]) async throws {
        let answer = await (try Fixture(environment)).send(.get, "/quotes/AAPL")
        #expect(answer.status == 200)
        #expect(!answer.fields.contains("ratelimit"))
    }

    @Test func aSettingThatIsNoneIsNamed() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Fixture(["LONJA_GATEWAY_LIMITS_MAIL_ACCOUNT": "often"])
        }
        #expect("\(error)".contains("gateway.limits.mail.account: often is no limit"))
    }
}
