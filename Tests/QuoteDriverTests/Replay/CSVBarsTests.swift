import Testing

@testable import ReplayQuotes

@Suite struct CSVBarsTests {
    @Test func `columns come in any order, case and company`() throws {
        let text =
            "close,Volume,note,DATE,Low,High,Open\r\n2.50,100,x,2024-01-02,1,3.0001,2\r\n2,0,,2024-01-03,2,2,2\r\n"
        let bars = try CSVBars.parse(text, file: "A.csv")
        #expect(
            bars == [
                DayBar(day: 19_724, open: 20_000, high: 30_001, low: 10_000, close: 25_000, volume: 100),
                DayBar(day: 19_725, open: 20_000, high: 20_000, low: 20_000, close: 20_000, volume: 0),
            ]
        )
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var header = "Date,Open,High,Low,Close,Volume"
        var rows: [String] = []
        var message: String
        var testDescription: String { message }
    }

    static let faults: [Fault] = [
        Fault(header: "", message: "A.csv:1: the header has no column date"),
        Fault(message: "A.csv:1: there is no bar"),
        Fault(header: "Date,Open,High,Low,Close", message: "A.csv:1: the header has no column volume"),
        Fault(header: "Date,Open,High,Low,Close,Volume,open", message: "A.csv:1: the header has open twice"),
        Fault(rows: ["2024-01-02,1,1,1,1"], message: "A.csv:2: 5 fields"),
        Fault(rows: ["2024-02-30,1,1,1,1,1"], message: "A.csv:2: date"),
        Fault(rows: ["2024-01-02,1,1,1,1,1", "2024-01-02,1,1,1,1,1"], message: "A.csv:3: the day"),
        Fault(rows: ["2024-01-02,1e2,1,1,1,1"], message: "A.csv:2: open"),
        Fault(rows: ["2024-01-02,1,1,0,1,1"], message: "A.csv:2: low"),
        Fault(rows: ["2024-01-02,1,1.00001,1,1,1"], message: "A.csv:2: high"),
        Fault(rows: ["2024-01-02,1,1,1,500000,1"], message: "A.csv:2: close"),
        Fault(rows: ["2024-01-02,1,1,1,1,-1"], message: "A.csv:2: volume"),
        Fault(rows: ["2024-01-02,1,2,1,3,1"], message: "A.csv:2: open or close"),
        Fault(rows: [""], message: "A.csv:2: 1 fields"),
    ]

    @Test(arguments: faults) func `what is wrong is named with its line`(_ fault: Fault) throws {
        let text = ([fault.header] + fault.rows).joined(separator: "\n") + "\n"
        let found = try #require(throws: CSVBars.Fault.self) { try CSVBars.parse(text, file: "A.csv") }
        #expect(found.description.hasPrefix(fault.message), "\(found)")
    }
}
