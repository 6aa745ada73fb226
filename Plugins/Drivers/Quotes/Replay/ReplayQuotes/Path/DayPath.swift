import Plugin

/// The prices within one day, a minute apart, invented between the four that the bar knows.
///
/// It begins at the open, ends at the close, touches high and low and never leaves them. All other prices are whole
/// cents, unless the bar has no room for that. Depends on nothing but symbol, bar and seed.
struct DayPath: Sendable {
    /// How many minutes a day has.
    static let minutes = NewYorkTime.session / 60

    /// The price at the beginning of each minute and at the close: 391 of them, in 1/10000.
    let prices: [UInt32]
    /// The bar it goes through.
    let bar: DayBar

    init(symbol: String, bar: DayBar, seed: Int = 0) {
        self.bar = bar
        var random = SplitMix(symbol: symbol, day: bar.day, replay: seed)
        var path = [Int](repeating: Int(bar.open), count: Self.minutes + 1)
        path[Self.minutes] = Int(bar.close)
        // An extreme that the open or the close already is needs no minute of its own.
        let ends = [bar.open, bar.close]
        var extremes = [bar.low, bar.high].filter { !ends.contains($0) }
        if extremes.count == 2, random.below(2) == 1 { extremes.swapAt(0, 1) }
        var knots = [0]
        for (index, price) in extremes.enumerated() {
            let room = Self.minutes / extremes.count - 10
            let minute = index * Self.minutes / extremes.count + 5 + random.below(room)
            path[minute] = Int(price)
            knots.append(minute)
        }
        knots.append(Self.minutes)
        for (from, to) in zip(knots, knots.dropFirst()) { Self.fill(&path, from, to, bar, &random) }
        prices = path.map(UInt32.init)
    }

    /// Midpoint displacement: the price in the middle is near the mean, and so on for both halves.
    private static func fill(_ path: inout [Int], _ from: Int, _ to: Int, _ bar: DayBar, _ random: inout SplitMix) {
        guard to - from > 1 else { return }
        let middle = (from + to) / 2
        let spread = Int(bar.high - bar.low) * (to - from) / (4 * minutes) + abs(path[to] - path[from]) / 8
        let wanted = (path[from] + path[to]) / 2 + random.around(spread)
        let cents = (wanted + 50) / 100 * 100
        path[middle] = min(max(cents, Int(bar.low)), Int(bar.high))
        fill(&path, from, middle, bar, &random)
        fill(&path, middle, to, bar, &random)
    }

    /// The price at `minute` (0…390).
    func price(_ minute: Int) -> UInt32 { prices[minute] }

    /// The highest and lowest price until `minute`, that included.
    func range(through minute: Int) -> (low: UInt32, high: UInt32) {
        var (low, high) = (prices[0], prices[0])
        for price in prices[...minute] { (low, high) = (min(low, price), max(high, price)) }
        return (low, high)
    }

    /// The shares traded until `minute`: spread evenly over the day.
    func volume(through minute: Int) -> Int { bar.volume * minute / Self.minutes }
}
