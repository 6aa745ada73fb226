import Plugin
import RPC
import Testing

@testable import MarketService

@Suite struct CompanyTests {
    static let companies = [
        Fixture.company("AAA", "Alpha"), Fixture.company("BBB", "Beta", sector: "Finance"),
        Fixture.company("CCC", "Alphabet"), Fixture.company("DDD", "Delta"),
    ]

    @Test func `pages follow each other without repetition`() throws {
        var query = CompanyQuery(limit: 3)
        let first = query.page(of: Self.companies)
        #expect(first.items.map(\.symbol) == ["AAA", "BBB", "CCC"])
        let cursor = try #require(first.next)
        query.cursor = try PageCursor(parsing: cursor.text)
        let second = query.page(of: Self.companies)
        #expect(second.items.map(\.symbol) == ["DDD"])
        #expect(second.next == nil)
    }

    @Test func `a page that is just full is the last`() {
        #expect(CompanyQuery(limit: 4).page(of: Self.companies).next == nil)
    }

    @Test func `text finds symbols and names, a sector is whole`() {
        #expect(CompanyQuery(text: "alpha").page(of: Self.companies).items.map(\.symbol) == ["AAA", "CCC"])
        #expect(CompanyQuery(text: "dd").page(of: Self.companies).items.map(\.symbol) == ["DDD"])
        #expect(CompanyQuery(sector: "finance").page(of: Self.companies).items.map(\.symbol) == ["BBB"])
        #expect(CompanyQuery(sector: "fin").page(of: Self.companies).items.isEmpty)
    }

    @Test(arguments: ["x", "31", "3", "3161", "32414141", "zz", "31c3"])
    func `a cursor nobody gave is refused`(_ text: String) {
        #expect(throws: RPCError.self) { try PageCursor(parsing: text) }
    }

    @Test(arguments: ["", "a", "1A", "ABCDEFGHIJKLM", "A B", "Ä", "A/B"])
    func `this is no symbol`(_ text: String) {
        #expect(!SymbolSyntax.isSymbol(text))
    }

    @Test(arguments: ["A", "BRK.B", "RDS-A", "Q2", "ABCDEFGHIJKL"])
    func `this is a symbol`(_ text: String) {
        #expect(SymbolSyntax.isSymbol(text))
    }
}
