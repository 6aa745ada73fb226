/// How far back a series of values goes, in trading days: those of a replay, too.
enum ValueRange: String, Sendable, CaseIterable {
    case day = "1d"
    case week = "1w"
    case month = "1m"
    case quarter = "3m"
    case half = "6m"
    case year = "1y"
    case fiveYears = "5y"
    case all = "max"

    /// How many days; nil for all.
    var days: Int? {
        switch self {
        case .day: 1
        case .week: 5
        case .month: 21
        case .quarter: 63
        case .half: 126
        case .year: 252
        case .fiveYears: 1260
        case .all: nil
        }
    }
}
