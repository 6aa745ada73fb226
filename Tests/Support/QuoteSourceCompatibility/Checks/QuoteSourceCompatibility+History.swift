import Money
import Plugin

extension QuoteSourceCompatibility {
    /// Bars are raw, exact, ordered and within what was asked for; actions explain their jumps.
    static let history: [QuoteCheck] = [
        QuoteCheck("bars are those of the source, oldest first") { end in
            let source = try end.source(.normal)
            for (symbol, expected) in end.facts.bars.sorted(by: { $0.key < $1.key }) {
                guard let first = expected.first, let last = expected.last else { continue }
                let bars = try await source.bars(symbol, from: first.day, through: last.day)
                try ordered(bars, symbol)
                try same(bars, expected, symbol)
            }
            await source.close()
        },
        QuoteCheck("a part of the days is that part of the bars") { end in
            let source = try end.source(.normal)
            for (symbol, expected) in end.facts.bars {
                let days = expected.map(\.day)
                guard days.count > 3 else { continue }
                for (begin, stop) in [(0, 0), (1, days.count - 2), (days.count - 2, days.count - 1)] {
                    let bars = try await source.bars(symbol, from: days[begin], through: days[stop])
                    try same(bars, Array(expected[begin...stop]), symbol)
                }
                // The day before has none, or one of its own: never another's.
                if let before = days[0].advanced(byDays: -1) {
                    let bars = try await source.bars(symbol, from: before, through: before)
                    try QuoteViolation.unless(bars.allSatisfy { $0.day == before }, "\(bars) for \(before)")
                }
                let none = try await source.bars(symbol, from: days[1], through: days[0])
                try QuoteViolation.unless(none.isEmpty, "\(none.count) bars from \(days[1]) through \(days[0])")
            }
            await source.close()
        },
        QuoteCheck("all of time, and times without data, are no error") { end in
            let source = try end.source(.normal)
            for (symbol, expected) in end.facts.bars {
                let bars = try await source.bars(symbol, from: .earliest, through: .latest)
                try ordered(bars, symbol)
                try QuoteViolation.unless(bars.count >= expected.count, "\(bars.count) bars, \(expected.count) known")
                let late = try CalendarDate(parsing: "2999-01-01")
                let future = try await source.bars(symbol, from: late, through: .latest)
                try QuoteViolation.unless(future.isEmpty, "bars of the future")
                let early = try CalendarDate(parsing: "1800-01-01")
                let past = try await source.bars(symbol, from: .earliest, through: early)
                try QuoteViolation.unless(past.isEmpty, "bars of 1800")
            }
            await source.close()
        },
        QuoteCheck("unknown symbols have no history and no actions") { end in
            let source = try end.source(.normal)
            let day = end.facts.bars.values.first?.last?.day ?? .latest
            for symbol in end.facts.unknown {
                try await fails(.unknownSymbol, "bars of \(symbol)") {
                    _ = try await source.bars(symbol, from: day, through: day)
                }
                try await fails(.unknownSymbol, "actions of \(symbol)") { _ = try await source.actions(symbol) }
            }
            await source.close()
        },
        QuoteCheck("actions are those of the source, oldest first, each with an id of its own") { end in
            let source = try end.source(.normal)
            guard source.capabilities.hasActions else { return }
            for (symbol, expected) in end.facts.actions.sorted(by: { $0.key < $1.key }) {
                let actions = try await source.actions(symbol)
                let again = try await source.actions(symbol)
                try QuoteViolation.unless(actions == again, "\(symbol): another answer to the same question")
                for action in expected where !actions.contains(action) {
                    throw QuoteViolation(description: "\(action) is not in \(actions)")
                }
                let days = actions.map(\.exDay)
                try QuoteViolation.unless(days == days.sorted(), "\(symbol): \(days)")
                try QuoteViolation.unless(Set(actions.map(\.id)).count == actions.count, "\(actions.map(\.id))")
                for action in actions { try sane(action, symbol) }
            }
            await source.close()
        },
        QuoteCheck("prices are raw: a split is a jump, and without it they are continuous") { end in
            let source = try end.source(.normal)
            guard source.capabilities.hasActions else { return }
            var splits = 0
            for (symbol, expected) in end.facts.actions {
                guard let bars = end.facts.bars[symbol], let first = bars.first, let last = bars.last else { continue }
                let told = try await source.bars(symbol, from: first.day, through: last.day)
                for action in expected {
                    guard case .split(let from, let into) = action.kind,
                        let after = told.firstIndex(where: { $0.day >= action.exDay }), after > 0
                    else { continue }
                    splits += 1
                    // Without the split the open would be near the close before: within a fifth.
                    let before = told[after - 1].close
                    let open = told[after].open
                    let (old, new) = (ExactDecimal(from), ExactDecimal(into))
                    let product = try open * new
                    let usual = try before * old
                    let isNear = try usual * "0.8" < product && product < usual * "1.2"
                    try QuoteViolation.unless(
                        isNear,
                        "\(symbol) \(action.exDay): \(from) shares become \(into), \(before) becomes \(open)"
                    )
                }
            }
            try QuoteViolation.unless(splits > 0, "the facts have no split")
            await source.close()
        },
    ]

    // MARK: Helpers

    static func ordered(_ bars: [SourceBar], _ symbol: String) throws {
        for (one, next) in zip(bars, bars.dropFirst()) {
            try QuoteViolation.unless(one.day < next.day, "\(symbol): \(next.day) comes after \(one.day)")
        }
        for bar in bars {
            try QuoteViolation.unless(bar.isConsistent, "\(symbol): \(bar)")
            try QuoteViolation.unless(bar.day.weekday <= 5, "\(symbol): a bar of a weekend, \(bar.day)")
        }
    }

    static func same(_ bars: [SourceBar], _ expected: [SourceBar], _ symbol: String) throws {
        try QuoteViolation.unless(
            bars.map(\.day) == expected.map(\.day),
            "\(symbol): \(bars.count) bars from \(bars.first?.day.description ?? "-"), \(expected.count) expected"
        )
        for (bar, expected) in zip(bars, expected) {
            try QuoteViolation.unless(bar == expected, "\(symbol): \(bar)\ninstead of \(expected)")
        }
    }

    static func sane(_ action: CorporateAction, _ symbol: String) throws {
        try QuoteViolation.unless(action.symbol == symbol && action.id.hasPrefix("\(symbol)-"), "\(action)")
        switch action.kind {
        case .split(let from, let into):
            try QuoteViolation.unless(from > 0 && into > 0 && from != into, "\(action)")
        case .dividend(let perShare, _):
            try QuoteViolation.unless(perShare > .zero, "\(action)")
        }
        if let payable = action.payableDay {
            try QuoteViolation.unless(payable >= action.exDay, "paid before the ex day: \(action)")
        }
    }
}
