import HTTP
import Reactor
import Testing

@testable import Fetch

@Suite(.timeLimit(.minutes(1))) struct AddressPolicyTests {
    private func bytes(_ text: String) -> [UInt8] { SocketAddress(host: text, port: 0)?.hostBytes ?? [] }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
        "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254", "169.254.170.2",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3", "64:ff9b:1::1", "64:ff9b:1::8.8.8.8", "100::1",
        "2001::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1",
        "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1",
        "ff0e::1",
    ]) func refuses(_ address: String) {
        #expect(!bytes(address).isEmpty, "a valid address")
        #expect(!AddressPolicy.publicOnly().allows(bytes(address)))
        #expect(AddressPolicy.any.allows(bytes(address)))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.1", "168.63.129.15", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8", "2001:200::1", "2001:4860:4860::8888", "2606:4700::1111", "2a00::1", "3ffe::1",
    ]) func allows(_ address: String) {
        #expect(AddressPolicy.publicOnly().allows(bytes(address)))
    }

    @Test func makesExceptions() throws {
        let policy = AddressPolicy.publicOnly(except: [
            try #require(IPNetwork("10.1.0.0/16")), try #require(IPNetwork("fd00::/120")),
        ])
        #expect(policy.allows(bytes("10.1.2.3")))
        #expect(policy.allows(bytes("::ffff:10.1.2.3")))
        #expect(!policy.allows(bytes("10.2.0.0")))
        #expect(policy.allows(bytes("fd00::ff")))
        #expect(!policy.allows(bytes("fd00::100")))
        #expect(!policy.allows([]), "a unix socket is no address")
    }

    @Test func readsNetworks() {
        for text in ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "10.0.0.0/8/8", "x/8", "10.0.0.0/"] {
            #expect(IPNetwork(text) == nil, "\(text)")
        }
        #expect(IPNetwork("0.0.0.0/0")?.contains([9, 9, 9, 9]) == true)
        #expect(IPNetwork("10.0.0.1")?.contains([10, 0, 0, 1]) == true)
        #expect(IPNetwork("10.0.0.1")?.contains([10, 0, 0, 2]) == false)
        #expect(IPNetwork("172.16.0.0/12")?.contains([172, 32, 0, 0]) == false)
    }

    @Test func checksTheAddressOfEachConnection() async throws {
        let exception = try #require(IPNetwork("127.0.0.2"))
        try await withFetch(
            {
                $0.addresses = .publicOnly(except: [exception])
                $0.redirects = .follow(3)
            },
            at: "0.0.0.0:0",
            handler: { request in
                guard request.head.path == "/away" else { return .text("reached") }
                let port = request.head.authority.split(separator: ":").last ?? ""
                return HTTPResponse(status: 302, fields: ["location": "http://localhost:\(port)/"])
            }
        ) { (client, base, _) async throws -> Void in
            let port = base.split(separator: ":").last.map(String.init) ?? ""
            let reached = try await client.get("http://127.0.0.2:\(port)/").text
            #expect(reached == "reached", "the exception")
            for host in [
                "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1", "0177.1",
            ] {
                let error = await client.failure("http://\(host):\(port)/")
                #expect(error?.code == .addressRefused, "\(host): \(String(describing: error))")
            }
            let error = await client.failure("http://127.0.0.2:\(port)/away")
            #expect(error?.code == .addressRefused, "a redirect")
        }
    }
}
