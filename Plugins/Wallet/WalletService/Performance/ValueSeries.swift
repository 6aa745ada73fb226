import Money

/// The values of an account, one for each trading day since it began, the last one now. Pure.
struct ValueSeries: Sendable {
    /// Oldest first.
    let points: [ValuePoint]
    /// Those that are new, and known for ever.
    let news: [ValuePoint]

    /// - Parameters:
    ///   - now: newest prices of what is owned.
    init(_ books: ValueBooks, now: [String: ExactDecimal], places: Int) throws(DecimalError) {
        var shares = books.owned
        // What was owned where the stored days end: what is owned now, less what was booked since.
        for changes in books.changes.values {
            for (symbol, change) in changes.shares { shares[symbol] = try (shares[symbol] ?? .zero) - change }
        }
        var fold = ValueFold(cash: books.stored.last?.cash ?? .zero, shares: shares, places: places)
        var (points, news) = (books.stored, [ValuePoint]())
        for day in books.days {
            let changes = books.changes[day.ordinal]
            // Before the account began there are no days.
            if points.isEmpty && changes == nil { continue }
            let closes = day.ordinal == books.days.last?.ordinal ? now : books.closes[day.ordinal] ?? [:]
            let point = try fold.end(day, changes ?? ValueFold.Changes(), closes: closes, later: now)
            points.append(point)
            // Without gaps: the next look goes on from the last that is stored.
            let isNext = news.count == points.count - books.stored.count - 1
            if books.ended.contains(day.ordinal), isNext { news.append(point) }
        }
        (self.points, self.news) = (points, news)
    }

    /// The last days of a range, and the one before them.
    func last(_ range: ValueRange) -> ArraySlice<ValuePoint> {
        guard let days = range.days else { return points[...] }
        return points.suffix(days + 1)
    }
}
