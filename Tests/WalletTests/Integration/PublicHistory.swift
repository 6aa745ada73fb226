import Contracts
import Money
import RPC

@testable import WalletService

/// Works out values and returns from what anybody can read: trades, activities and closing prices. Knows nothing of how
/// the wallet does it; rates are in binary floating point throughout, by other ways than the wallet's.
struct PublicHistory {
    private var cash: Double = 0
    private var shares: [String: Double] = [:]
    private(set) var days: [String] = []
    private(set) var values: [Double] = []
    private(set) var flows: [Double] = []

    /// - Parameters:
    ///   - days: trading days, oldest first.
    ///   - close: what a share was worth at the end of a day.
    init(
        trades: [WalletTrade],
        activities: [WalletActivity],
        days: [String],
        close: (String, String) -> Double
    ) {
        for day in days {
            var flow = 0.0
            for activity in activities where activity.date == day {
                let amount = Double(activity.amount.amount) ?? 0
                switch activity.kind {
                case "deposit", "reset":
                    flow += amount
                    cash += amount
                case "dividend": cash += amount
                default: shares[activity.symbol, default: 0] += Double(activity.quantity) ?? 0
                }
            }
            for trade in trades where trade.date == day {
                let sign = trade.side == "buy" ? 1.0 : -1.0
                cash -= sign * (Double(trade.total.amount) ?? 0)
                shares[trade.symbol, default: 0] += sign * (Double(trade.quantity) ?? 0)
            }
            if self.days.isEmpty && flow == 0 && cash == 0 { continue }
            var value = cash
            for (symbol, quantity) in shares { value += (quantity * close(symbol, day) * 100).rounded() / 100 }
            self.days.append(day)
            values.append(value)
            flows.append(flow)
        }
    }

    /// The last `count` days with the one before them; all when there are not so many: then they begin with nothing.
    private func span(_ count: Int) -> (start: Double, values: ArraySlice<Double>, flows: ArraySlice<Double>) {
        guard values.count > count else { return (0, values[...], flows[...]) }
        return (values[values.count - count - 1], values.suffix(count), flows.suffix(count))
    }

    func simple(_ count: Int) -> Double {
        let (start, values, flows) = span(count)
        let put = start + flows.reduce(0, +)
        return ((values.last ?? 0) - put) / put
    }

    func timeWeighted(_ count: Int) -> Double {
        let (start, values, flows) = span(count)
        var (growth, before) = (1.0, start)
        for (value, flow) in zip(values, flows) {
            growth *= value / (before + flow)
            before = value
        }
        return growth - 1
    }

    /// By Newton's method on the logarithm of the growth.
    func moneyWeighted(_ count: Int) -> Double {
        let (start, values, flows) = span(count)
        let n = Double(values.count)
        var terms = [(start, 1.0)]
        for (index, flow) in flows.enumerated() { terms.append((flow, (n - Double(index)) / n)) }
        var x = 0.0
        for _ in 0..<100 {
            var (sum, slope) = (-(values.last ?? 0), 0.0)
            for (amount, exponent) in terms {
                let part = amount * Self.exponential(exponent * x)
                sum += part
                slope += part * exponent
            }
            x -= sum / slope
        }
        return Self.exponential(x) - 1
    }

    private static func exponential(_ x: Double) -> Double {
        // The series, for small x; halved until it is.
        if abs(x) > 0.5 {
            let half = exponential(x / 2)
            return half * half
        }
        var (sum, term) = (1.0, 1.0)
        for step in 1...20 {
            term *= x / Double(step)
            sum += term
        }
        return sum
    }
}
