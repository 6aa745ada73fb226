import Money
import Plugin

/// One trading day in memory: 32 bytes. Prices are in 1/10000 of the currency.
struct DayBar: Hashable, Sendable {
    /// Days since 1970-01-01.
    var day: Int32
    var open: UInt32
    var high: UInt32
    var low: UInt32
    var close: UInt32
    var volume: Int

    /// The prices of one unit of the currency.
    static let unit: UInt32 = 10_000

    /// A price as a decimal: two places, or three or four where it needs them.
    static func decimal(_ price: UInt32) -> ExactDecimal {
        let (coefficient, scale) =
            switch price {
            case _ where price % 100 == 0: (price / 100, 2)
            case _ where price % 10 == 0: (price / 10, 3)
            default: (price, 4)
            }
        guard let decimal = try? ExactDecimal(coefficient: Int128(coefficient), scale: scale) else {
            preconditionFailure("ten digits fit into 38")
        }
        return decimal
    }

    /// As the port wants it; `day` must be of the calendar.
    func sourceBar(_ date: CalendarDate, _ origin: DataOrigin) -> SourceBar {
        SourceBar(
            day: date,
            open: Self.decimal(open),
            high: Self.decimal(high),
            low: Self.decimal(low),
            close: Self.decimal(close),
            volume: volume,
            origin: origin
        )
    }
}
