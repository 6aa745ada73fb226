import Testing

@testable import ReplayQuotes

@Suite struct CSVBarsTests {
    @Test func `columns come in any order, case and company`() throws {
        let text = "close,Volume,note,DATE,Low,High,Open\r\n2.50,100,x,2024-01-02,1,3.0001,2\r\n2,0,,2024-01-03,2,2,2\r\n"
        let bars = try CSVBars.parse(text, file: "A.csv")
        #expect(bars == [
            DayBar(day: 19_724, open: 20_000, high: 30_001, low: 10_000, close: 25_000, volume: 100),
            DayBar(day: 19_725, open: 20_000, high: 20_000, low: 20_000, close: 20_000, volume: 0),
        ])
    }

    static let header = "Date,Open,High,Low,Close,Volume\n"

    @Test(arguments: [
        ("", "A.csv:1: "), (header, "A.csv:1: there is no bar"),
        ("Date,Open,High,Low,Close\n", "A.csv:1: the header has no column volume"),
        ("Date,Open,High,Low,Close,Volume,open\n", "A.csv:1: the header has open twice"),
        (header + "2024-01-02,1,1,1,1\n", "A.csv:2: 5 fields"),
        (header + "2024-02-30,1,1,1,1,1\n", "A.csv:2: date"),
        (header + "2024-01-02,1,1,1,1,1\n2024-01-02,1,1,1,1,1\n", "A.csv:3: the day"),
        (header + "2024-01-02,1e2,1,1,1,1\n", "A.csv:2: open"),
        (header + "2024-01-02,1,1,0,1,1\n", "A.csv:2: low"),
        (header + "2024-01-02,1,1.00001,1,1,1\n", "A.csv:2: high"),
        (header + "2024-01-02,1,1,1,500000,1\n", "A.csv:2: close"),
        (header + "2024-01-02,1,1,1,1,-1\n", "A.csv:2: volume"),
        (header + "2024-01-02,1,2,1,3,1\n", "A.csv:2: open or close"),
        (header + "\n", "A.csv:2: 1 fields"),
    ])
    func `what is wrong is named with its line`(_ text: String, _ message: String) throws {
        let fault = try #require(throws: CSVBars.Fault.self) { try CSVBars.parse(text, file: "A.csv") }
        #expect(fault.description.hasPrefix(message), "\(fault)")
    }
}
