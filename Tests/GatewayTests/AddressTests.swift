import Config
import Fetch
import HTTP
import RPC
import Reactor
import Testing

@testable import GatewayService

/// Where a request comes from (attack 23 of the reference).
@Suite struct AddressTests {
    private func client(_ remote: String, _ forwarded: [String], trusting: [String]) throws -> String? {
        let proxies = TrustedProxies(networks: trusting.compactMap { IPNetwork($0) })
        #expect(proxies.networks.count == trusting.count)
        let fields = HTTPFields(forwarded.map { ("x-forwarded-for", $0) })
        return proxies.client(SocketAddress(parsing: remote), fields)?.description
    }

    @Test(
        arguments: [
            ("192.0.2.7:1", ["203.0.113.1"], [], "192.0.2.7"),
            ("192.0.2.7:1", ["203.0.113.1"], ["10.0.0.0/8"], "192.0.2.7"),
            ("10.0.0.1:1", [], ["10.0.0.0/8"], "10.0.0.1"),
            ("10.0.0.1:1", ["203.0.113.1"], ["10.0.0.0/8"], "203.0.113.1"),
            ("10.0.0.1:1", ["1.1.1.1, 203.0.113.1"], ["10.0.0.0/8"], "203.0.113.1"),
            ("10.0.0.1:1", ["1.1.1.1, 203.0.113.1 ,10.9.9.9"], ["10.0.0.0/8"], "203.0.113.1"),
            ("10.0.0.1:1", ["1.1.1.1", "203.0.113.1", "10.9.9.9"], ["10.0.0.0/8"], "203.0.113.1"),
            ("10.0.0.1:1", ["1.1.1.1, evil, 10.9.9.9"], ["10.0.0.0/8"], "10.9.9.9"),
            ("10.0.0.1:1", ["10.0.0.3, 10.0.0.2"], ["10.0.0.0/8"], "10.0.0.3"),
            ("10.0.0.1:1", ["203.0.113.1:4711"], ["10.0.0.1"], "203.0.113.1"),
            ("[::ffff:10.0.0.1]:1", ["[2001:db8::1]:80"], ["10.0.0.1/32"], "2001:db8::1"),
            ("[fd00::5]:1", ["2001:db8:0:0:1:0:0:1"], ["fd00::/8"], "2001:db8::1:0:0:1"),
        ] as [(String, [String], [String], String)]
    )
    func onlyTrustedHopsAreBelieved(remote: String, forwarded: [String], trusting: [String], client: String) throws {
        #expect(try self.client(remote, forwarded, trusting: trusting) == client)
    }

    @Test func onlyTrustedProxiesAreSparedForWhatTheyPassOn() throws {
        let fixture = try Fixture(["LONJA_GATEWAY_TRUSTED_PROXIES": "10.0.0.0/8,fd00::/8"])
        func isProxy(_ host: String) -> Bool? {
            SocketAddress(host: host, port: 1).map { fixture.plugin.isProxy($0.hostBytes) }
        }
        #expect(isProxy("10.1.2.3") == true)
        #expect(isProxy("::ffff:10.1.2.3") == true)
        #expect(isProxy("fd00::1") == true)
        #expect(isProxy("11.0.0.1") == false)
        #expect(isProxy("2001:db8::1") == false)
        #expect(!fixture.plugin.isProxy([]))
    }

    @Test func aBadSettingNamesItself() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Fixture(["LONJA_GATEWAY_TRUSTED_PROXIES": "10.0.0.0/8,evil"])
        }
        #expect(error?.description.contains("gateway.trustedProxies: evil") == true)
    }

    @Test func theServiceIsToldTheClientBehindTheProxy() async throws {
        let fixture = try Fixture(["LONJA_GATEWAY_TRUSTED_PROXIES": "192.0.2.0/24"])
        let fields: HTTPFields = ["cookie": Fixture.cookie, "x-forwarded-for": "6.6.6.6, 203.0.113.1"]
        let answer = await fixture.send(.get, "/profile", fields)
        #expect(answer.text.contains("203.0.113.1"))
        let direct = await fixture.send(.get, "/profile", fields, remote: "198.51.100.1:1")
        #expect(direct.text.contains("198.51.100.1"))
        #expect(!direct.text.contains("203.0.113.1"))
    }
}
