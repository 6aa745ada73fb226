import Money
import Plugin

extension QuoteSourceCompatibility {
    /// Companies, clock, calendar and what the source says of itself.
    static let reference: [QuoteCheck] = [
        QuoteCheck("companies are sorted, once each, and those that have quotes are among them") { end in
            let source = try end.source(.normal)
            let companies = try await source.companies()
            let symbols = companies.map(\.symbol)
            try QuoteViolation.unless(symbols == symbols.sorted(), "they are not sorted")
            try QuoteViolation.unless(Set(symbols).count == symbols.count, "one is there twice")
            let missing = Set(end.facts.quotes.keys).union(end.facts.many).subtracting(symbols)
            try QuoteViolation.unless(missing.isEmpty, "missing: \(missing)")
            for company in companies {
                try QuoteViolation.unless(SourceCompany.isSymbol(company.symbol), "\(company.symbol) is no symbol")
                try QuoteViolation.unless(!company.name.isEmpty, "\(company.symbol) has no name")
            }
            await source.close()
        },
        QuoteCheck("a clock and a calendar tell the truth, or are not there at all") { end in
            let source = try end.source(.normal)
            do {
                let clock = try await source.clock()
                try QuoteViolation.unless(clock.nextOpen.map { $0 > clock.now } ?? true, "\(clock)")
                try QuoteViolation.unless(clock.nextClose.map { $0 > clock.now } ?? true, "\(clock)")
                try QuoteViolation.unless(clock.speed > .zero, "\(clock)")
                let isOpen = clock.session == .open
                if let open = clock.nextOpen, let close = clock.nextClose {
                    try QuoteViolation.unless((close < open) == isOpen, "\(clock)")
                }
                let days = try await source.calendar(
                    from: clock.day.advanced(byDays: -40) ?? clock.day,
                    through: clock.day.advanced(byDays: 40) ?? clock.day
                )
                try QuoteViolation.unless(days.count > 20, "\(days.count) trading days in 81")
                try QuoteViolation.unless(days.contains { $0.day == clock.day }, "\(clock.day) is no trading day")
                for (one, next) in zip(days, days.dropFirst()) {
                    try QuoteViolation.unless(one.day < next.day && one.close < next.open, "\(one), \(next)")
                }
                for day in days {
                    try QuoteViolation.unless(day.open < day.close, "\(day)")
                    let isShort = NewYorkTime.moment(day.day, seconds: NewYorkTime.close) != day.close
                    try QuoteViolation.unless(day.isShort == isShort, "\(day)")
                }
                let none = try await source.calendar(from: .latest, through: .earliest)
                try QuoteViolation.unless(none.isEmpty, "\(none.count) days between the last and the first")
            } catch let error as QuoteSourceError where error.code == .unsupported {
                try await fails(.unsupported, "the calendar of a source without a clock") {
                    _ = try await source.calendar(from: .earliest, through: .latest)
                }
            }
            await source.close()
        },
        QuoteCheck("it says what it is") { end in
            let source = try end.source(.normal)
            let capabilities = source.capabilities
            try QuoteViolation.unless(!capabilities.source.isEmpty, "a source without a name")
            try QuoteViolation.unless(!capabilities.licence.name.isEmpty, "data without a licence")
            try QuoteViolation.unless(capabilities == source.capabilities, "it changes")
            await source.close()
        },
    ]
}
