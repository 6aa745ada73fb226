import Money

/// Reads a file of daily bars: a header that names Date, Open, High, Low, Close and Volume in any order and case, other
/// columns are skipped; then a row for each day, oldest first. No quotes, no spaces.
struct CSVBars {
    /// What is wrong with a file, and where.
    struct Fault: Error, CustomStringConvertible {
        let file: String
        /// The first line is 1.
        let line: Int
        let what: String

        /// `QABRO.csv:12: …`.
        var description: String { "\(file):\(line): \(what)" }
    }

    private static let names = ["date", "open", "high", "low", "close", "volume"]
    private let file: String
    private var columns: [Int] = []
    private var width = 0

    /// The bars of `text`; at least one.
    /// - Parameter file: its name, for errors.
    static func parse(_ text: String, file: String) throws(Fault) -> [DayBar] {
        var parser = CSVBars(file: file)
        var bars: [DayBar] = []
        var number = 0
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for var line in lines {
            number += 1
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(Substring.init)
            if number == 1 {
                try parser.header(fields)
            } else {
                let bar = try parser.row(fields, line: number)
                if let last = bars.last, last.day >= bar.day {
                    throw Fault(file: file, line: number, what: "the day is not after the one of the line before")
                }
                bars.append(bar)
            }
        }
        guard !bars.isEmpty else { throw Fault(file: file, line: max(number, 1), what: "there is no bar") }
        return bars
    }

    private init(file: String) { self.file = file }

    private mutating func header(_ fields: [Substring]) throws(Fault) {
        let found = fields.map { $0.lowercased() }
        width = found.count
        for name in Self.names {
            let matches = found.indices.filter { found[$0] == name }
            guard matches.count == 1 else {
                let what = matches.isEmpty ? "the header has no column \(name)" : "the header has \(name) twice"
                throw Fault(file: file, line: 1, what: what)
            }
            columns.append(matches[0])
        }
    }

    private func row(_ fields: [Substring], line: Int) throws(Fault) -> DayBar {
        guard fields.count == width else {
            throw Fault(file: file, line: line, what: "\(fields.count) fields, the header has \(width)")
        }
        guard let date = try? CalendarDate(parsing: fields[columns[0]]) else {
            throw Fault(file: file, line: line, what: "date is not a day, written YYYY-MM-DD")
        }
        var prices: [UInt32] = []
        for index in 1...4 {
            guard let price = Self.price(fields[columns[index]]) else {
                throw Fault(
                    file: file,
                    line: line,
                    what:
                        "\(Self.names[index]) is not a price above 0 and up to 429496, with at most four decimal places"
                )
            }
            prices.append(price)
        }
        guard let volume = Int(fields[columns[5]]), (0...1_000_000_000_000).contains(volume) else {
            throw Fault(file: file, line: line, what: "volume is not a whole number from 0 to 1000000000000")
        }
        let bar = DayBar(
            day: Int32(date.daysSinceEpoch),
            open: prices[0],
            high: prices[1],
            low: prices[2],
            close: prices[3],
            volume: volume
        )
        guard bar.low <= min(bar.open, bar.close), bar.high >= max(bar.open, bar.close) else {
            throw Fault(file: file, line: line, what: "open or close is not between low and high")
        }
        return bar
    }

    private static func price(_ text: Substring) -> UInt32? {
        guard let value = try? ExactDecimal(parsing: text).normalized.rescaled(to: 4), value > .zero else { return nil }
        return UInt32(exactly: value.coefficient)
    }
}
