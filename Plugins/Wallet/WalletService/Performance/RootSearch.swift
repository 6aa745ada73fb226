import Glibc

/// Finds the growth at which flows come to a sum. Pure.
enum RootSearch {
    /// The `g` ≥ 0 with Σ amount · g^exponent = `target`, by halving; nil where there is none, as when nothing is left.
    /// - Parameter terms: amounts of zero or more, exponents above zero: then the sum grows with `g`.
    static func growth(_ terms: [(amount: Double, exponent: Double)], reaching target: Double) -> Double? {
        func sum(_ growth: Double) -> Double {
            terms.reduce(0) { $0 + $1.amount * pow(growth, $1.exponent) }
        }
        guard target > 0 else { return nil }
        var (low, high) = (0.0, 1.0)
        while sum(high) < target {
            high *= 2
            guard high < 1e12 else { return nil }
        }
        // Each halves the interval: 200 leave nothing of it, whatever its size.
        for _ in 0..<200 where high - low > 1e-12 * max(1, low) {
            let middle = low + (high - low) / 2
            if sum(middle) < target { low = middle } else { high = middle }
        }
        return low + (high - low) / 2
    }
}
