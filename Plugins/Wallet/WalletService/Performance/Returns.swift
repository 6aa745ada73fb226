import Money

/// Profit over a span of time, by three methods, from values and flows alone: see `GetPerformanceRequest`. Pure.
struct Returns: Sendable {
    enum Method: String, Sendable, CaseIterable { case twr, mwr, simple }

    /// V[0]; zero where the account began within the span.
    let start: ExactDecimal
    /// V[1] … V[n].
    let values: [ExactDecimal]
    /// F[1] … F[n].
    let flows: [ExactDecimal]

    init(start: ExactDecimal, values: [ExactDecimal], flows: [ExactDecimal]) {
        precondition(values.count == flows.count, "every day has a value and a flow")
        self.start = start
        self.values = values
        self.flows = flows
    }

    var end: ExactDecimal { values.last ?? start }

    func flow() throws(DecimalError) -> ExactDecimal {
        var sum = ExactDecimal.zero
        for flow in flows { sum = try sum + flow }
        return sum
    }

    func profit() throws(DecimalError) -> ExactDecimal { try end - start - flow() }

    /// A fraction with six digits; zero where nothing was there to begin with.
    func rate(_ method: Method) throws(DecimalError) -> ExactDecimal {
        switch method {
        case .simple: try simple()
        case .twr: try timeWeighted()
        case .mwr: try moneyWeighted()
        }
    }

    private func simple() throws(DecimalError) -> ExactDecimal {
        let base = try start + flow()
        guard base.signum > 0 else { return try ExactDecimal.zero.rescaled(to: 6) }
        return try profit().divided(by: base, scale: 6, rounding: .halfEven)
    }

    /// The product of the days' growth, to 15 digits each; a day that begins with nothing does not count.
    private func timeWeighted() throws(DecimalError) -> ExactDecimal {
        var (growth, before) = (ExactDecimal.one, start)
        for (value, flow) in zip(values, flows) {
            let base = try before + flow
            if base.signum > 0 {
                let day = try value.divided(by: base, scale: 15, rounding: .halfEven)
                growth = try growth.multiplied(by: day, scale: 15, rounding: .halfEven)
            }
            before = value
        }
        return try (growth - .one).rescaled(to: 6, rounding: .halfEven)
    }

    /// The internal rate of return of the span. The sum falls short at no growth at all and grows with the growth, as
    /// no flow leaves, so halving an interval finds the only solution; that is the one place that is not exact: roots
    /// of numbers are not decimals. Solved to 10^-12, shown to 10^-6.
    private func moneyWeighted() throws(DecimalError) -> ExactDecimal {
        var terms: [(amount: Double, exponent: Double)] = [(Self.double(start), 1)]
        for (index, flow) in flows.enumerated() where !flow.isZero {
            terms.append((Self.double(flow), Double(flows.count - index) / Double(flows.count)))
        }
        let target = Self.double(end)
        guard terms.contains(where: { $0.amount > 0 }) else { return try ExactDecimal.zero.rescaled(to: 6) }
        guard let growth = RootSearch.growth(terms, reaching: target) else {
            return try -ExactDecimal.one.rescaled(to: 6)
        }
        let rounded = ((growth - 1) * 1e6).rounded(.toNearestOrEven)
        return try ExactDecimal(coefficient: Int128(rounded), scale: 6)
    }

    private static func double(_ value: ExactDecimal) -> Double { Double(value.description) ?? 0 }
}
