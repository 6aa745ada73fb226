import Contracts
import RPC
import Reactor

extension Check {
    /// Messages of all sizes, in every kind of call.
    static let calls: [Check] = [
        Check("unary") { client, context in
            try expect(try await client.unary(EchoEchoRequest("hello ñ 😀"), context).text, "hello ñ 😀", "text")
        },
        Check("empty-message") { client, context in
            try expect(try await client.unary(EchoEchoRequest(), context).text, "", "text")
        },
        Check("message-larger-than-any-window") { client, context in
            let text = String(repeating: "x", count: 3 << 20)
            try expect(try await client.unary(EchoEchoRequest(text), context).text.utf8.count, 3 << 20, "size")
        },
        Check("client-streaming") { client, context in
            let answer = try await client.collect(context) { writer in
                for number in 0..<100 { try await writer.write(EchoEchoRequest("\(number),")) }
            }
            try expect(answer.text, (0..<100).map { "\($0)," }.joined(), "text")
        },
        Check("client-streaming-of-nothing") { client, context in
            try expect(try await client.collect(context) { _ in }.text, "", "text")
        },
        Check("server-streaming") { client, context in
            let count = try await client.expand(EchoEchoRequest("a", count: 1000), context) { reader in
                var count = 0
                while let answer = try await reader.next() { count += answer.text == "a" ? 1 : 0 }
                return count
            }
            try expect(count, 1000, "answers")
        },
        Check("server-streaming-beyond-the-windows") { client, context in
            let text = String(repeating: "y", count: 50_000)
            let bytes = try await client.expand(EchoEchoRequest(text, count: 200), context) { reader in
                var bytes = 0
                while let answer = try await reader.next() { bytes += answer.text.utf8.count }
                return bytes
            }
            try expect(bytes, 10_000_000, "bytes")
        },
        Check("client-streaming-beyond-the-windows") { client, context in
            let text = String(repeating: "z", count: 50_000)
            let answer = try await client.collect(context) { writer in
                for _ in 0..<60 { try await writer.write(EchoEchoRequest(text)) }
            }
            try expect(answer.text.utf8.count, 3_000_000, "bytes")
        },
        Check("messages-of-every-size-around-the-windows") { client, context in
            try await client.chat(context) { writer, reader in
                for size in stride(from: 1, to: 200_000, by: 7_919) {
                    try await writer.write(EchoEchoRequest(String(repeating: "w", count: size)))
                    try expect(try await reader.next()?.text.utf8.count, size, "size")
                }
            }
        },
        Check("bidirectional-in-turns") { client, context in
            let texts = try await client.chat(context) { writer, reader in
                var texts: [String] = []
                for text in ["a", "bb", "ccc"] {
                    try await writer.write(EchoEchoRequest(text))
                    texts.append(try await reader.next()?.text ?? "-")
                }
                try await writer.finish()
                try expect(try await reader.next()?.text, nil, "after the end")
                return texts
            }
            try expect(texts, ["a", "bb", "ccc"], "texts")
        },
        Check("hundreds-at-once") { client, context in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<500 {
                    group.addTask { Int(try await client.unary(EchoEchoRequest("\(number)"), context).text) ?? -1 }
                }
                return try await group.reduce(0, +)
            }
            try expect(sum, 124_750, "sum of the answers")
        },
    ]
}
