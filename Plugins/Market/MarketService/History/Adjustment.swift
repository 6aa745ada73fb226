/// What prices of the past are made comparable for.
enum Adjustment: String, CaseIterable {
    /// Shares are counted as if every split had been there always.
    case split
    /// As traded.
    case raw
}
