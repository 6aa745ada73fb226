import HTTP
import Testing

@testable import RPC

@Suite struct CookieTests {
    @Test func aCookieSaysAllItsAttributes() throws {
        var cookie = try #require(SetCookie("__Host-a", "v", maxAge: .seconds(60)))
        #expect(cookie.field == "__Host-a=v; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax")
        cookie.isSecure = false
        cookie.isHTTPOnly = false
        cookie.maxAge = nil
        cookie.path = "/a"
        cookie.sameSite = .strict
        #expect(cookie.field == "__Host-a=v; Path=/a; SameSite=Strict")
    }

    @Test(
        arguments: [
            ("", "v"), ("a b", "v"), ("a;", "v"), ("a=", "v"), ("a", "v;"), ("a", "v\r\n"), ("a", "v v"), ("a", "é"),
            ("a", "\"v\""), ("a", String(repeating: "v", count: 4096)),
        ]
    )
    func whatCannotStandInACookieIsRefused(name: String, value: String) {
        #expect(SetCookie(name, value) == nil)
    }

    @Test func cookiesOfARequest() {
        let cookies = RequestCookies(["cookie": "a=1; b=2;c=;a=3; d; =e; f=g=h ", "cookie": "b2=4"])
        #expect(cookies.values(for: "a") == ["1", "3"])
        #expect(cookies.only("a") == nil)
        #expect(cookies.only("b") == "2")
        #expect(cookies.only("c") == "")
        #expect(cookies.only("d") == nil)
        #expect(cookies.only("f") == "g=h")
        #expect(cookies.only("b2") == "4")
        #expect(cookies.only("A") == nil)
    }

    @Test func howOftenACookieComes() {
        let fields: HTTPFields = ["cookie": "a=1; b=2;c=;a=3; d; =e; f=g=h ", "cookie": "b2=4; b3=5", "cookie": "b3=5"]
        let wanted: [(String, RequestCookies.Occurrence)] = [
            ("a", .repeated), ("b", .once("2")), ("c", .once("")), ("d", .none), ("f", .once("g=h")),
            ("b2", .once("4")),
            ("b3", .repeated), ("A", .none),
        ]
        for (name, occurrence) in wanted {
            #expect(RequestCookies.occurrence(of: name, in: fields) == occurrence, "\(name)")
        }
    }
}
