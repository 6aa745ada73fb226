import Observe

extension WallTime {
    /// Whole milliseconds since 1970, as the store keeps times.
    var milliseconds: Int {
        let (quotient, remainder) = nanosecondsSinceEpoch.quotientAndRemainder(dividingBy: 1_000_000)
        return Int(remainder < 0 ? quotient - 1 : quotient)
    }

    /// The moment so many milliseconds after 1970.
    init(milliseconds: Int) {
        self.init(
            secondsSinceEpoch: Int64(milliseconds / 1000),
            nanoseconds: Int64(milliseconds % 1000) * 1_000_000
        )
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
