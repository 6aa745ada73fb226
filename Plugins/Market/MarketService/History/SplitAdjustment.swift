import Money
import Plugin

/// Makes prices from before splits comparable with those after: as if the shares of the last day had been there always.
struct SplitAdjustment {
    /// A fraction in lowest terms: so many old shares are so many new ones.
    struct Ratio: Hashable {
        var old: Int
        var new: Int

        static let none = Ratio(old: 1, new: 1)

        func then(_ old: Int, _ new: Int) -> Ratio {
            let (top, bottom) = (self.old * old, self.new * new)
            let divisor = Self.divisor(top, bottom)
            return Ratio(old: top / divisor, new: bottom / divisor)
        }

        /// A price of an old share, for a new one; six places where the division does not end before.
        func price(_ price: ExactDecimal) throws(DecimalError) -> ExactDecimal {
            guard old != new else { return price }
            let exact = try price * ExactDecimal(old)
            return try exact.divided(by: ExactDecimal(new), scale: 6, rounding: .halfEven).trimmed(to: price.scale)
        }

        /// A number of old shares, as new ones; parts of a share are dropped.
        func volume(_ volume: Int) -> Int {
            let (whole, overflow) = volume.multipliedReportingOverflow(by: new)
            return overflow ? .max : whole / old
        }

        private static func divisor(_ left: Int, _ right: Int) -> Int {
            var (left, right) = (left, right)
            while right != 0 { (left, right) = (right, left % right) }
            return left
        }
    }

    /// Days and ratios, oldest first.
    private let splits: [(day: CalendarDate, old: Int, new: Int)]

    /// The splits of `actions`; dividends are left alone.
    init(_ actions: [CorporateAction]) {
        splits = actions.compactMap { action in
            if case .split(let old, let new) = action.kind { (action.exDay, old, new) } else { nil }
        }
    }

    /// What the splits from `first` through `last` do together.
    func ratio(from first: CalendarDate, through last: CalendarDate) -> Ratio {
        splits.reduce(.none) { ratio, split in
            first <= split.day && split.day <= last ? ratio.then(split.old, split.new) : ratio
        }
    }

    /// The bars, oldest first, in shares of today: every known split after a bar's day counts.
    func adjust(_ bars: [HistoryBar]) throws(DecimalError) -> [HistoryBar] {
        guard !splits.isEmpty else { return bars }
        var adjusted = bars
        var ratio = Ratio.none
        var later = splits[...]
        for index in bars.indices.reversed() {
            while let split = later.last, split.day > bars[index].day {
                ratio = ratio.then(split.old, split.new)
                later.removeLast()
            }
            guard ratio != .none else { continue }
            adjusted[index].open = try ratio.price(bars[index].open)
            adjusted[index].high = try ratio.price(bars[index].high)
            adjusted[index].low = try ratio.price(bars[index].low)
            adjusted[index].close = try ratio.price(bars[index].close)
            adjusted[index].volume = ratio.volume(bars[index].volume)
        }
        return adjusted
    }
}

extension ExactDecimal {
    /// Without trailing zeros, but with `places` decimal places at least.
    func trimmed(to places: Int) throws(DecimalError) -> ExactDecimal {
        let short = normalized
        return short.scale >= places ? short : try rescaled(to: places, rounding: .towardZero)
    }
}
