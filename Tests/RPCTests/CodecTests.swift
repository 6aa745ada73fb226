import Testing

@testable import RPC

@Suite struct CodecTests {
    @Test(arguments: [
        ("plain text", "plain text"), ("50%", "50%25"), ("\t\r\n", "%09%0D%0A"), ("ñ", "%C3%B1"),
        ("😈", "%F0%9F%98%88"),
    ])
    func messageBothWays(plain: String, encoded: String) {
        #expect(PercentEncoding.encode(plain) == encoded)
        #expect(PercentEncoding.decode(Array(encoded.utf8)) == plain)
    }

    @Test(arguments: [
        ("100%", "100%"), ("%zz", "%zz"), ("a%4", "a%4"), ("%41%", "A%"), ("%c3%b1", "ñ"), ("%FF", "\u{FFFD}"),
    ])
    func brokenMessageIsNotLost(wire: String, expected: String) {
        #expect(PercentEncoding.decode(Array(wire.utf8)) == expected)
    }

    @Test(arguments: [
        (Duration.nanoseconds(1), "1n"), (.nanoseconds(99_999_999), "99999999n"),
        (.nanoseconds(100_000_000), "100000u"),
        (.nanoseconds(100_000_001), "100001u"), (.seconds(1), "1000000u"), (.seconds(3600), "3600000m"),
        (.seconds(100_000), "100000S"), (.seconds(99_999_999), "99999999S"), (.seconds(100_000_000), "1666667M"),
        (.zero, "1n"), (.seconds(-5), "1n"),
    ])
    func timeoutEncoded(duration: Duration, text: String) {
        #expect(GRPCTimeout.encode(duration) == text)
    }

    @Test(arguments: [
        ("1n", Duration.nanoseconds(1)), ("5u", .microseconds(5)), ("7m", .milliseconds(7)), ("10S", .seconds(10)),
        ("2M", .seconds(120)), ("3H", .seconds(10_800)), ("00000001S", .seconds(1)),
        ("99999999H", .nanoseconds(Int64.max)),
    ])
    func timeoutDecoded(text: String, duration: Duration) {
        #expect(GRPCTimeout.decode(Array(text.utf8)) == duration)
    }

    @Test(arguments: ["", "S", "1", "1s", "-1S", "+1S", "1.5S", "123456789S", " 1S", "1 S", "1SS"])
    func timeoutRefused(text: String) {
        #expect(GRPCTimeout.decode(Array(text.utf8)) == nil)
    }

    @Test func timeoutNeverShrinks() throws {
        var nanoseconds: Int64 = 1
        while nanoseconds < Int64.max / 7 {
            let duration = Duration.nanoseconds(nanoseconds)
            let back = try #require(GRPCTimeout.decode(Array(GRPCTimeout.encode(duration).utf8)))
            #expect(back >= duration)
            nanoseconds = nanoseconds * 7 + 3
        }
    }
}
