import Observe
import Reactor
import Testing

@testable import Valkey

@Suite struct CommandTests {
    private func wire(_ command: ValkeyCommand) -> String {
        var bytes: [UInt8] = []
        command.write(to: &bytes)
        #expect(bytes.count <= command.wireBytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `lengths come first, whatever the bytes are`() {
        #expect(wire(.get("k")) == "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n")
        #expect(wire(.get("a\r\nDEL b")) == "*2\r\n$3\r\nGET\r\n$8\r\na\r\nDEL b\r\n")
        #expect(wire(.get("ñ")) == "*2\r\n$3\r\nGET\r\n$2\r\nñ\r\n")
        #expect(wire(.get([UInt8]())) == "*2\r\n$3\r\nGET\r\n$0\r\n\r\n")
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 12345])
    func `lengths of every width`(count: Int) {
        let value = String(repeating: "x", count: count)
        #expect(wire(ValkeyCommand("ECHO", value)) == "*2\r\n$4\r\nECHO\r\n$\(count)\r\n\(value)\r\n")
        let many = wire(.mget((0..<count).map { "\($0)" }))
        #expect(many.hasPrefix("*\(count + 1)\r\n"))
    }

    @Test func `what is large is sent as it would be copied`() {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let text = String(repeating: "ñandú", count: 20_000)
        let commands = [
            ValkeyCommand("MSET", "a", bytes, "b", "short", "c", text, "d", text.dropFirst(2), "e", bytes.dropFirst(3)),
            ValkeyCommand("GET", "k"), ValkeyCommand("APPEND", "k", bytes), ValkeyCommand("GET", "l"),
        ]
        #expect(commands.map(\.large.count) == [4, 0, 1, 0])
        #expect(commands[0].parts.count == 11 && commands[0].parts[6] == Array(text.utf8))
        var whole: [UInt8] = []
        for command in commands { command.write(to: &whole) }
        let call = ValkeyCall(commands[0], then: commands[1...], deadline: .now())
        #expect(whole.count <= call.wireBytes && call.wireBytes <= whole.count + 24 * commands.count)
        for limit in [7, 1000, 1 << 20] {
            var queue = OutputQueue()
            queue.append(Array("before".utf8))
            queue.append(call)
            queue.append(Array("after".utf8))
            #expect(queue.bytes == call.wireBytes + 11)
            var sent: [UInt8] = []
            while let slice = queue.next(upTo: limit) {
                #expect(slice.count <= limit && slice.count > 0)
                slice.withBytes { sent.append(contentsOf: $0) }
            }
            #expect(sent == Array("before".utf8) + whole + Array("after".utf8))
            #expect(queue.isEmpty && queue.bytes == 0)
        }
    }

    @Test func `options of SET`() {
        func words(_ command: ValkeyCommand) -> [String] { command.parts.map { String(decoding: $0, as: UTF8.self) } }
        #expect(words(.set("k", 7)) == ["SET", "k", "7"])
        #expect(
            words(.set("k", "v", expiry: .after(.milliseconds(1500)), condition: .ifAbsent))
                == ["SET", "k", "v", "PX", "1500", "NX"]
        )
        #expect(
            words(.set("k", "v", expiry: .at(WallTime(secondsSinceEpoch: 9)), condition: .ifPresent))
                == ["SET", "k", "v", "PXAT", "9000", "XX"]
        )
        #expect(words(.setAndGet("k", "v", expiry: .keep)) == ["SET", "k", "v", "GET", "KEEPTTL"])
        #expect(words(.getex("k", expiry: nil)) == ["GETEX", "k", "PERSIST"])
    }

    @Test func `times are rounded up to milliseconds`() {
        #expect(Duration.nanoseconds(1).wholeMilliseconds == 1)
        #expect(Duration.milliseconds(2).wholeMilliseconds == 2)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == 3_155_760_000_000)
    }

    @Test func `endpoints`() throws {
        for text in ["valkey:6379", "127.0.0.1:6379", "[::1]:6379", "unix:/run/valkey.sock"] {
            #expect(try #require(ValkeyEndpoint(text)).description == text)
        }
        for text in ["", "valkey", "valkey:", ":0x", "unix:", "valkey:0", "valkey:99999"] {
            #expect(ValkeyEndpoint(text) == nil)
        }
    }

    @Test func `digests of FIPS 180 and of a script as the server names it`() {
        func hex(_ text: String) -> String { ValkeyScript(text).name }
        #expect(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        )
        #expect(hex(String(repeating: "a", count: 1_000_000)) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
        #expect(hex("return 1") == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
    }

    @Test func `errors show no data`() {
        let error = ValkeyError(server: "WRONGTYPE Operation against secret")
        #expect(error.code == .wrongType)
        #expect(!error.description.contains("secret"))
        #expect(error.debugDescription.contains("secret"))
        for text in ["", "lower case", "secret", "Mixed Case", String(repeating: "A", count: 99)] {
            #expect(ValkeyError(server: text).code == .server("ERR"))
        }
    }

    @Test func `values are read strictly`() throws {
        #expect(try Int(valkeyBytes: Array("-12".utf8)) == -12)
        #expect(throws: ValkeyError(.unexpectedReply, "")) { try Int(valkeyBytes: Array("1.5".utf8)) }
        #expect(throws: ValkeyError(.unexpectedReply, "")) { try Int(valkeyBytes: Array("99999999999999999999".utf8)) }
        #expect(throws: ValkeyError(.unexpectedReply, "")) { try String(valkeyBytes: [0xFF]) }
        #expect(try Double(valkeyBytes: Array("inf".utf8)) == .infinity)
        #expect(throws: ValkeyError(.unexpectedReply, "")) { try ValkeyReply.integer(1).optional(String.self) }
        #expect(throws: ValkeyError(.wrongType, "")) { try ValkeyReply.error("WRONGTYPE x").integer() }
        #expect(throws: ValkeyError(.unexpectedReply, "")) {
            try ValkeyReply.array([.null]).pairs(String.self, String.self)
        }
    }

    @Test func `what does not go with a shared connection`() {
        for command in [
            ValkeyCommand("SELECT", 1), ValkeyCommand("select", 1), ValkeyCommand("SUBSCRIBE", "a"),
            ValkeyCommand("BLPOP", "a", 0), ValkeyCommand("MULTI"), ValkeyCommand("WAIT", 1, 0),
            ValkeyCommand("BRPOPLPUSH", "a", "b", 0), ValkeyCommand("CLIENT", "reply", "OFF"),
            ValkeyCommand("SCRIPT", "DEBUG", "YES"),
            ValkeyCommand("XREAD", "COUNT", 1, "block", 0, "STREAMS", "s", "$"),
            ValkeyCommand("XREADGROUP", "GROUP", "g", "c", "BLOCK", 0, "STREAMS", "s", ">"),
        ] {
            #expect(command.isHarmfulToShare, "\(command)")
        }
        for command in [
            ValkeyCommand.get("SELECT"), .set("a", "MULTI"), .hgetall("BLPOP"), ValkeyCommand("CLIENT", "ID"),
            ValkeyCommand("SCRIPT", "LOAD", "return 1"), ValkeyCommand("XREAD", "STREAMS", "BLOCK", "0"),
            ValkeyCommand("EVALSHA_RO", "x", 0), ValkeyCommand("", "a"), ValkeyCommand("SINTERCARD", 1, "a"),
            ValkeyCommand("SOMETHING-LONGER-THAN-ANY"),
        ] {
            #expect(!command.isHarmfulToShare, "\(command)")
        }
    }
}
