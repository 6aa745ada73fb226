import Fetch
import Reactor

@testable import GatewayAddresses
@testable import HTTP

/// Where the gateway believes that a request comes from: nobody but trusted proxies has a say in it.
func fuzzForwarded(_ input: [UInt8]) {
    // Lines: the socket's peer by one byte, then values of x-forwarded-for as a parser gives them.
    let peers = ["10.0.0.1:1", "203.0.113.9:1", "[::ffff:10.0.0.2]:1", "[fd00::1]:1", "[2001:db8::1]:1"]
    guard let first = input.first, let remote = SocketAddress(parsing: peers[Int(first) % peers.count]) else { return }
    let lines = input.dropFirst().split(separator: 0x0a).filter { $0.allSatisfy(\.isFieldValueByte) }
        .map { String(decoding: $0, as: UTF8.self) }
    let own = IPAddress(remote)
    same(TrustedProxies(networks: []).client(remote, fields(lines)), own, "without proxies it is the peer")

    let proxies = TrustedProxies(networks: ["10.0.0.0/8", "fd00::/8"].compactMap { IPNetwork($0) })
    guard let client = proxies.client(remote, fields(lines)), let own else {
        return hold(false, "a socket of TCP has an address")
    }
    same(IPAddress(parsing: client.description), client, "an address as it is written")
    let isDirect = !proxies.trusts(own.bytes)
    if isDirect { same(client, own, "a peer that is not trusted is the client") }
    let hops = lines.flatMap { $0.split(separator: ",") }
    hold(client == own || hops.contains { IPAddress(parsing: trimmed($0)) == client }, "a client is one who was named")
    // Lists and lines are the same.
    same(proxies.client(remote, fields([lines.joined(separator: ",")])), client, "one line of all")
    // What clients write themselves comes before what proxies add, and changes nothing.
    if !proxies.trusts(client.bytes) {
        for lie in ["6.6.6.6", "10.6.6.6", "x"] {
            same(proxies.client(remote, fields([lie] + lines)), client, "\(client) with \(lie) before it")
        }
    }
    // What a proxy that we trust adds is believed.
    if !isDirect {
        let added = proxies.client(remote, fields(lines + ["198.51.100.7"]))?.description
        same(added, "198.51.100.7", "what the last proxy says")
    }
}

private func fields(_ lines: [String]) -> HTTPFields {
    HTTPFields(lines.map { ("x-forwarded-for", $0) })
}

private func trimmed(_ text: Substring) -> Substring {
    let begun = text.drop { $0 == " " || $0 == "\t" }
    return begun.prefix(begun.count - begun.reversed().prefix { $0 == " " || $0 == "\t" }.count)
}
