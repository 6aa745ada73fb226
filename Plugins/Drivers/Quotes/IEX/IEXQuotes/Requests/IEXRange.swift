import Money

/// The ranges of a chart that end today.
enum IEXRange: String, CaseIterable {
    case fiveDays = "5d"
    case month = "1m"
    case quarter = "3m"
    case half = "6m"
    case year = "1y"
    case twoYears = "2y"
    case fiveYears = "5y"
    case all = "max"

    /// How many days back it surely reaches; the interface counts months, and five trading days.
    private var days: Int {
        switch self {
        case .fiveDays: 4
        case .month: 27
        case .quarter: 88
        case .half: 180
        case .year: 364
        case .twoYears: 729
        case .fiveYears: 1825
        case .all: .max
        }
    }

    /// The shortest one that begins on `first` or before.
    static func covering(_ first: CalendarDate, today: CalendarDate) -> IEXRange {
        let back = first.days(to: today)
        return allCases.first { back <= $0.days } ?? .all
    }
}
