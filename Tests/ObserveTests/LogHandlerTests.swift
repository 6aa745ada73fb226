import Logging
import Observe
import Synchronization
import Testing

@Suite struct LogHandlerTests {
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        var output: LogOutput {
            LogOutput { line in self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        }
    }

    static let moment = WallTime(secondsSinceEpoch: 1_795_484_700, nanoseconds: 123_456_789)

    @Test func `one record is one line of JSON`() {
        let lines = Lines()
        var logger = Logger(label: "market") { label in
            JSONLogHandler(label: label, output: lines.output, clock: { Self.moment })
        }
        logger[metadataKey: "plugin"] = "market"
        logger.info(
            "said \"no\"\n\u{1}",
            metadata: [
                "count": .stringConvertible(3), "ok": .stringConvertible(true), "list": ["a", "b"],
                "nested": ["x": "1"], "level": "mine", "nan": .stringConvertible(Double.nan),
                "secret": .stringConvertible(Secret("hunter2")),
            ]
        )
        #expect(
            lines.all == [
                #"{"time":"2026-11-24T01:45:00.123456Z","level":"info","logger":"market","#
                    + #""message":"said \"no\"\n\u0001","count":3,"_level":"mine","list":["a","b"],"nan":"nan","#
                    + #""nested":{"x":"1"},"ok":true,"plugin":"market","secret":"<redacted>"}"# + "\n"
            ]
        )
    }

    @Test func `levels below the limit are silent`() {
        let lines = Lines()
        let logger = Logger(label: "x") { JSONLogHandler(label: $0, level: .warning, output: lines.output) }
        logger.info("no")
        logger.warning("yes")
        #expect(lines.all.count == 1 && lines.all[0].contains("\"message\":\"yes\""))
    }

    @Test func `text is short and has no escape sequences of others`() {
        let lines = Lines()
        let logger = Logger(label: "web") { label in
            TextLogHandler(label: label, output: lines.output, clock: { Self.moment })
        }
        logger.error("bad \u{1B}[2J", metadata: ["path": "/a b", "n": "1"])
        #expect(lines.all == ["01:45:00.123 E web: bad \\u{1B}[2J n=1 path=\"/a b\"\n"])
    }
}
