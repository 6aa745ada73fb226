import Testing

@testable import HTTP
@testable import RPC

@Suite struct ResponseHeadTests {
    private static func head(
        _ fields: [(String, String)],
        isFirst: Bool = true,
        isEnd: Bool = true
    ) -> RPCResponseHead {
        var block = HTTP2HeaderBlock()
        for (name, value) in fields {
            Array(name.utf8).withUnsafeBytes { name in
                Array(value.utf8).withUnsafeBytes { value in block.append(name, value, limit: 1 << 20) }
            }
        }
        return RPCResponseHead(block, isFirst: isFirst, isEnd: isEnd)
    }

    private static let good = [(":status", "200"), ("content-type", "application/grpc")]

    @Test(
        arguments: [
            ("0", nil), ("5", .notFound), ("16", .unauthenticated), ("07", .permissionDenied), ("17", .unknown),
            ("-1", .unknown), ("+5", .unknown), ("", .unknown), ("x", .unknown), ("5 ", .unknown),
            ("99999999999999999999", .unknown),
        ] as [(String, RPCError.Code?)]
    )
    func statusOfTrailers(text: String, code: RPCError.Code?) {
        let head = Self.head([("grpc-status", text), ("grpc-message", "a%20b%")], isFirst: false)
        #expect(head.hasStatus)
        #expect(head.error?.code == code)
        if code != nil { #expect(head.error?.message == "a b%") }
    }

    @Test(arguments: [
        (400, RPCError.Code.internalError), (401, .unauthenticated), (403, .permissionDenied), (404, .unimplemented),
        (429, .unavailable), (502, .unavailable), (503, .unavailable), (504, .unavailable), (500, .unknown),
        (200, .unknown), (302, .unknown),
    ])
    func httpStatusWhereThereIsNoOther(status: Int, code: RPCError.Code) {
        let head = Self.head([(":status", "\(status)"), ("content-type", "text/html")])
        #expect(head.refusal?.code == code)
    }

    @Test func aStatusCountsWhateverHTTPSays() {
        let head = Self.head([(":status", "503"), ("content-type", "application/grpc"), ("grpc-status", "7")])
        #expect(head.refusal == nil)
        #expect(head.error?.code == .permissionDenied)
    }

    @Test func aStatusThatSomethingFollowsIsNone() {
        let head = Self.head(Self.good + [("grpc-status", "7")], isEnd: false)
        #expect(!head.hasStatus)
        #expect(head.refusal == nil)
        #expect(head.error == nil)
    }

    @Test func whatComesBeforeTheHead() {
        #expect(Self.head([(":status", "100")], isEnd: false).isInformational)
        #expect(Self.head([(":status", "103"), ("link", "x")], isEnd: false).isInformational)
        #expect(!Self.head(Self.good, isEnd: false).isInformational)
    }

    @Test func encodings() {
        #expect(Self.head(Self.good + [("grpc-encoding", "gzip")], isEnd: false).usesGzip)
        #expect(Self.head(Self.good + [("grpc-encoding", "identity")], isEnd: false).refusal == nil)
        let other = Self.head(Self.good + [("grpc-encoding", "snappy")], isEnd: false)
        #expect(other.refusal?.code == .internalError)
    }

    @Test(arguments: [
        ("0", RetryPushback.after(.zero)), ("50", .after(.milliseconds(50))), ("-1", .never), ("", .never),
        ("1s", .never), ("2147483647", .after(.milliseconds(2_147_483_647))), ("2147483648", .never), ("+5", .never),
    ])
    func pushback(text: String, wanted: RetryPushback) {
        #expect(
            Self.head([("grpc-status", "14"), ("grpc-retry-pushback-ms", text)], isFirst: false).pushback == wanted
        )
    }

    @Test(arguments: [
        (RetryPushback.after(.milliseconds(50)), "50"), (.after(.microseconds(1)), "1"), (.after(.seconds(-1)), "0"),
        (.after(.seconds(1 << 40)), "2147483647"), (.never, "-1"),
    ])
    func pushbackWritten(pushback: RetryPushback, text: String) {
        #expect(pushback.wireValue == text)
    }

    @Test func metadataIsWhatIsLeft() {
        let head = Self.head(Self.good + [("x-a", " b "), ("k-bin", "q6ur,AA=="), ("grpc-new", "1"), ("x-ñ", "1")])
        #expect(head.metadata["x-a"] == "b")
        #expect(head.metadata.bytes(for: "k-bin") == [[0xab, 0xab, 0xab], [0]])
        #expect(head.metadata.count == 3)
    }
}
