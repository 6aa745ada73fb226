public import Money

extension CorporateAction.Kind {
    /// A split told as two rates, such as 1 and 0.05 or 2 and 3: `old` shares become `new` ones, in lowest terms.
    ///
    /// Nil unless both are above zero, differ, and are whole numbers up to 10^12 once their decimal places are.
    public static func split(old: ExactDecimal, new: ExactDecimal) -> Self? {
        let scale = max(old.normalized.scale, new.normalized.scale)
        guard old.signum > 0, new.signum > 0, old != new, let from = whole(old, scale), let into = whole(new, scale)
        else { return nil }
        var (large, small) = (max(from, into), min(from, into))
        while small > 0 { (large, small) = (small, large % small) }
        return .split(from: from / large, into: into / large)
    }

    private static func whole(_ value: ExactDecimal, _ scale: Int) -> Int? {
        guard let scaled = try? value.normalized.rescaled(to: scale), scaled.coefficient <= 1_000_000_000_000 else {
            return nil
        }
        return Int(scaled.coefficient)
    }
}
