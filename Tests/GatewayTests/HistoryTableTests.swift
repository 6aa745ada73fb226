import Contracts
import HTTP
import Testing

@testable import GatewayService

@Suite
struct HistoryTableTests {
    @Test
    func cellsAreNeverFormulas() {
        #expect(HistoryTable.cell("AAPL") == "AAPL")
        #expect(HistoryTable.cell("1.50") == "1.50")
        for evil in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"] { #expect(HistoryTable.cell(evil) == "'" + evil) }
        #expect(HistoryTable.cell("\r=1") == "\"'\r=1\"")
        #expect(HistoryTable.cell("=HYPERLINK(\"x\")") == "\"'=HYPERLINK(\"\"x\"\")\"")
    }

    @Test
    func cellsAreQuotedWhereTheyMustBe() {
        #expect(HistoryTable.cell("a,b") == "\"a,b\"")
        #expect(HistoryTable.cell("say \"no\"") == "\"say \"\"no\"\"\"")
        #expect(HistoryTable.cell("two\nlines") == "\"two\nlines\"")
        #expect(HistoryTable.cell("") == "")
    }

    @Test
    func aLineHasAsManyCellsAsTheHeader() {
        var trade = WalletTrade()
        trade.date = "2012-06-01"
        trade.symbol = "AAPL"
        trade.side = "buy"
        trade.quantity = "10"
        trade.price.amount = "100.0000"
        trade.total.amount = "1000.00"
        trade.total.currency = "USD"
        trade.explanation = "quote 100, spread 0"
        let line = HistoryTable.lines([trade])
        #expect(line.hasSuffix(#"AAPL,buy,10,100.0000,,1000.00,USD,"quote 100, spread 0""# + "\r\n"))
        #expect(HistoryTable.header.split(separator: ",").count == 12)
        #expect(HistoryTable.header.hasSuffix("\r\n"))
    }
}
