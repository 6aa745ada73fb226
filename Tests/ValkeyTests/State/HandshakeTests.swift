import Observe
import Testing

@testable import Valkey

@Suite struct HandshakeTests {
    private func handshake(asksRole: Bool = true, password: Secret? = Secret("p")) -> Handshake {
        Handshake(Handshake.Identity(user: "u", password: password, database: 3, name: "n"), asksRole: asksRole)
    }
    private let primary = ValkeyReply.array([.bytes(Array("master".utf8)), .integer(0), .array([])])
    private let replica = ValkeyReply.array([.bytes(Array("slave".utf8))])
    private let ok = ValkeyReply.status("OK")
    private let pong = ValkeyReply.status("PONG")
    private func info(_ role: String) -> ValkeyReply {
        .bytes(Array("# Replication\r\nrole:\(role)\r\nconnected_slaves:0\r\n".utf8))
    }

    @Test func `all steps in order`() {
        let commands = handshake().commands.map { $0.parts.map { String(decoding: $0, as: UTF8.self) } }
        #expect(
            commands == [
                ["AUTH", "u", "p"], ["SELECT", "3"], ["CLIENT", "SETNAME", "n"], ["PING"], ["ROLE"],
                ["INFO", "replication"],
            ]
        )
        let bare = Handshake(Handshake.Identity(name: ""), asksRole: false)
        #expect(bare.steps == [.ping])
    }

    @Test func `a primary is let pass, by ROLE or by INFO`() throws {
        try handshake().check([ok, ok, ok, pong, primary, info("master")])
        try handshake().check([ok, ok, ok, pong, .error("NOPERM no"), info("master")])
        try handshake().check([ok, ok, ok, pong, primary, .error("NOPERM no")])
        try handshake(asksRole: false).check([ok, ok, ok, pong])
    }

    @Test func `each refusal has its code`() {
        func code(_ replies: [ValkeyReply]) -> ValkeyError.Code? {
            do throws(ValkeyError) {
                try handshake().check(replies)
                return nil
            } catch { return error.code }
        }
        let wrong = ValkeyReply.error("WRONGPASS invalid username-password pair or user is disabled.")
        let noAuth = ValkeyReply.error("NOAUTH Authentication required.")
        #expect(code([wrong, noAuth, noAuth, noAuth, noAuth, noAuth]) == .wrongPassword)
        #expect(
            code([ok, .error("ERR DB index is out of range"), ok, pong, primary, info("master")]) == .server("ERR")
        )
        #expect(code([ok, ok, ok, .error("LOADING wait"), primary, info("master")]) == .loading)
        #expect(code([ok, ok, ok, .error("MASTERDOWN"), replica, info("slave")]) == .primaryDown)
        #expect(code([ok, ok, ok, pong, replica, info("slave")]) == .readOnly)
        #expect(code([ok, ok, ok, pong, .error("NOPERM"), .error("NOPERM")]) == .noPermission)
        #expect(code([ok, ok, ok, pong, .null, .null]) == .readOnly)
        #expect(code([ok]) == .protocolViolation)
        #expect(code([ok, ok, .error("NOPERM"), .error("NOPERM"), primary, .null]) == nil)
    }

    @Test func `a refusal stays, a server that is not ready does not`() {
        #expect(ValkeyError(server: "WRONGPASS x").isRefusal)
        #expect(!ValkeyError(server: "LOADING x").isRefusal)
        #expect(!ValkeyError(.connection, "x").isRefusal)
    }

    @Test func `the password is in no text`() throws {
        let command = handshake(password: Secret("hunter2")).commands[0]
        var dumped = ""
        dump(command, to: &dumped)
        #expect(!"\(command) \(String(reflecting: command)) \(dumped)".contains("hunter2"))
        let sentinel = try #require(ValkeyEndpoint("sentinel:26379"))
        let servers = ValkeyServers.sentinel([sentinel], primary: "main", password: Secret("hunter2"))
        let configuration = ValkeyConfiguration(servers, password: Secret("hunter2"))
        var text = ""
        dump(configuration, to: &text)
        #expect(!text.contains("hunter2"))
    }
}
