internal import Load

/// DayTrader's operations, with their shares of the mix. A logout is followed by a login of the same client, so that both
/// are 4 %.
enum Operation: String, CaseIterable {
    case home, quote, login, logout, register, buy, sell, portfolio, account, update

    /// Percent of the operations.
    var share: Int {
        switch self {
        case .home: 20
        case .quote: 40
        case .login: 4
        case .logout: 4
        case .register: 2
        case .buy: 4
        case .sell: 4
        case .portfolio: 12
        case .account: 10
        case .update: 4
        }
    }

    /// What a client that is logged in does next: anything but a login, which its logouts bring about.
    static func next(_ dice: inout Dice) -> Operation {
        let all = allCases.filter { $0 != .login }
        var left = Int(dice.next() % UInt64(all.map(\.share).reduce(0, +)))
        for operation in all {
            left -= operation.share
            if left < 0 { return operation }
        }
        return .quote
    }
}
