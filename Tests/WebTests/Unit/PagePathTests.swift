import Testing

@testable import WebService

@Suite struct PagePathTests {
    @Test(
        arguments: [
            ("/", []), ("/stocks", ["stocks"]), ("/stocks/BRK%2EB", ["stocks", "BRK.B"]), ("/a/%C3%B1", ["a", "ñ"]),
            ("/a+b", ["a+b"]), ("/...", ["..."]),
        ] as [(String, [String])]
    )
    func steps(_ path: String, _ steps: [String]) { #expect(PagePath(path[...]) == .steps(steps)) }

    @Test(arguments: [
        "", "stocks", "//", "//evil.example/", "/a//b", "/./a", "/a/..", "/../etc/passwd", "/%2e%2e/etc/passwd",
        "/%2E%2E%2Fetc%2Fpasswd", "/a%2fb", "/a%5cb", "/a\\b", "/a%00", "/a%0a", "/a%7f", "/a%", "/a%2", "/a%zz",
        "/%ff",
        "/%c0%ae%c0%ae/", "*", "/a/./", "/" + String(repeating: "a", count: 1024),
    ])
    func malformed(_ path: String) { #expect(PagePath(path[...]) == .malformed) }

    @Test func oneSlashTooMany() {
        #expect(PagePath("/stocks/") == .canonical("/stocks"))
        #expect(PagePath("/stocks//") == .malformed)
    }

    @Test func namesWinOverVariables() {
        var table = PageTable<Int>()
        for (number, pattern) in ["/stocks/:symbol", "/stocks/screener", "/", "/:a/news"].enumerated() {
            let isNew = table.insert(pattern, number + 1)
            #expect(isNew)
        }
        #expect(table.find(["stocks", "AAPL"]) == 1)
        #expect(table.find(["stocks", "screener"]) == 2)
        #expect(table.find([]) == 3)
        #expect(table.find(["x", "news"]) == 4)
        #expect(table.find(["stocks", "news"]) == 1)
        #expect(table.find(["stocks"]) == nil)
        #expect(table.find(["stocks", "AAPL", "x"]) == nil)
    }

    @Test(arguments: ["", "stocks", "/stocks/", "/a//b", "/:", "/stocks/:other"])
    func noPattern(_ pattern: String) {
        var table = PageTable<Int>()
        let first = table.insert("/stocks/:symbol", 1)
        let second = table.insert(pattern, 2)
        #expect(first && !second)
    }

    @Test(arguments: [
        ("main-7KQ2M3XA.js", true), ("main-7KQ2M3XA.js.LEGAL.txt", true), ("inter-400-0a1b2c3d.woff2", true),
        ("service-worker.js", false), ("a-stylesheet.css", false), ("a-deadbeefcafe.css", false), ("main.js", false),
        ("x-ABC.js", false),
    ])
    func hashes(_ name: String, _ isHashed: Bool) { #expect(AssetName.isHashed(name) == isHashed) }
}
