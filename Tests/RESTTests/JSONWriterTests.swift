import Testing

@testable import RPC

@Suite struct JSONWriterTests {
    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        body(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{0}\u{1f}", #""\u0000\u001f""#), ("/é€😀", #""/é€😀""#),
    ])
    func strings(value: String, expected: String) {
        #expect(text { $0.string(value) } == expected)
    }

    @Test func integers() {
        #expect(text { $0.number(Int64.min) } == "-9223372036854775808")
        #expect(text { $0.number(UInt64.max) } == "18446744073709551615")
        #expect(text { $0.number(Int32(0)) } == "0")
    }

    @Test(
        arguments: [
            (0.1, "0.1"), (-2.5, "-2.5"), (1e300, "1e+300"), (.infinity, "null"), (.nan, "null"),
        ] as [(Double, String)]
    )
    func doubles(value: Double, expected: String) {
        #expect(text { $0.number(value) } == expected)
    }

    @Test func commasBetweenMembersAndValues() {
        let written = text { json in
            json.object { json in
                json.key("a")
                json.array { json in
                    json.bool(true)
                    json.null()
                    json.object { _ in }
                    json.array { _ in }
                }
                json.key("b")
                json.string("x")
            }
        }
        #expect(written == #"{"a":[true,null,{},[]],"b":"x"}"#)
    }

    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00Z"), (1_709_164_800, 120_000_000, "2024-02-29T00:00:00.120Z"),
            (1_709_164_800, 120_000, "2024-02-29T00:00:00.000120Z"),
            (1_709_164_800, 1, "2024-02-29T00:00:00.000000001Z"),
            (-1, 500_000_000, "1969-12-31T23:59:59.500Z"),
        ] as [(Int64, Int32, String)]
    )
    func timestamps(seconds: Int64, nanos: Int32, expected: String) {
        #expect(text { $0.timestamp(seconds: seconds, nanos: nanos) } == "\"\(expected)\"")
    }
}
