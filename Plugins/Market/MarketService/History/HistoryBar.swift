import Money
import Plugin

/// One bar of a history, whatever its length and adjustment.
struct HistoryBar: Hashable {
    /// Its first trading day.
    var day: CalendarDate
    var open: ExactDecimal
    var high: ExactDecimal
    var low: ExactDecimal
    var close: ExactDecimal
    var volume: Int
}

extension HistoryBar {
    /// As traded.
    init(_ bar: SourceBar) {
        self.init(day: bar.day, open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume)
    }
}
