import RPC
import Testing

@Suite struct JSONValueTests {
    private func parse(_ text: String) -> JSONValue? { JSONValue(parsing: Array(text.utf8), maximumBytes: 4096) }

    @Test func everyKind() {
        let found = parse(#" { "a" : [ null, true, false, -0, 1.5e+3, "x" ], "b" : { } , "c":[]} "#)
        let items: [JSONValue] = [.null, .bool(true), .bool(false), .number("-0"), .number("1.5e+3"), .string("x")]
        #expect(found == .object(["a": .array(items), "b": .object([:]), "c": .array([])]))
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041é\u00e9""#, "Aéé"),
        (#""\uD83D\uDE00\ud83d\ude00""#, "😀😀"), (#""plain""#, "plain"), ("\"é\"", "é"), (#""\u0000""#, "\0"),
    ])
    func texts(json: String, text: String) {
        #expect(parse(json)?.string.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "{'a':1}", "01", "1.", ".5", "+1",
        "1e",
        "--1", "nul", "True", "\"a", "\"\\x\"", "\"\\u12\"", #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, "\"\n\"",
        "{} {}",
        "{}x", "\u{feff}{}", "// c\n{}", "NaN", "[1]]", "\"\t\"",
    ])
    func whatIsNoJSON(text: String) {
        #expect(parse(text) == nil)
    }

    @Test(arguments: [
        #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#, #"{"x":{"a":1,"a":2}}"#, #"[{"":1,"":2}]"#,
    ])
    func membersOnce(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func bytesThatAreNoUTF8() {
        #expect(JSONValue(parsing: [0x22, 0xff, 0x22], maximumBytes: 10) == nil)
        #expect(JSONValue(parsing: [0x22, 0x5c, 0x6e, 0xc0, 0x80, 0x22], maximumBytes: 10) == nil)
    }

    @Test func bounds() {
        #expect(parse(String(repeating: "[", count: 32) + String(repeating: "]", count: 32)) != nil)
        #expect(parse(String(repeating: "[", count: 33) + String(repeating: "]", count: 33)) == nil)
        #expect(parse(String(repeating: "[", count: 4096)) == nil)
        #expect(parse("\"" + String(repeating: "a", count: 4095) + "\"") == nil)
    }

    @Test func kindsAndMembers() {
        let value = parse(#"{"text":"a","number":-1.50e3,"yes":true,"none":null,"list":["a",1]}"#)
        #expect(value?["text"]?.string == "a" && value?["number"]?.number == "-1.50e3" && value?["yes"]?.bool == true)
        #expect(value?["none"]?.isNull == true && value?["other"] == nil && value?["text"]?["a"] == nil)
        #expect(value?["number"]?.string == nil && value?["text"]?.number == nil && value?["list"]?.strings == nil)
    }

    /// Any text cut off anywhere, or with a byte changed, is read or refused, never more.
    @Test func mangled() {
        let text = Array(#"{"a":[1,-2.5e3,"\u00e9\n",true],"b":{"c":null}}"#.utf8)
        for count in 0..<text.count { #expect(JSONValue(parsing: Array(text[..<count]), maximumBytes: 999) == nil) }
        for position in text.indices {
            for byte in UInt8.min ... .max {
                var changed = text
                changed[position] = byte
                _ = JSONValue(parsing: changed, maximumBytes: 999)
            }
        }
    }
}
