/// How many of something may be done in each of several spans of time that end now.
struct RateWindows: Sendable, Equatable {
    /// One span.
    struct Window: Sendable, Equatable {
        let most: Int
        let span: Duration
    }

    let windows: [Window]

    /// Mails to one address.
    static let mailsToAddress = RateWindows(windows: [
        Window(most: 5, span: .seconds(3600)), Window(most: 10, span: .seconds(86_400)),
    ])
    /// Mails to one address for the same purpose: who asks twice gets one.
    static let sameMails = RateWindows(windows: [Window(most: 1, span: .seconds(60))])
    /// Mails that one network asks for.
    static let mailsFromNetwork = RateWindows(windows: [Window(most: 20, span: .seconds(3600))])
    /// Tries of passwords, and apart from them of codes, from one network.
    static let triesFromNetwork = RateWindows(windows: [Window(most: 60, span: .seconds(300))])

    /// The longest span: what is older does not count.
    var longest: Duration { windows.map(\.span).max() ?? .zero }

    /// How long to wait until one more may be done; zero for now. The script does the same.
    /// - Parameter times: of those that were done, oldest first, in milliseconds.
    func wait(after times: [Int], now: Int) -> Duration {
        var wait = 0
        for window in windows {
            let counted = times.filter { $0 > now - window.span.milliseconds }
            guard counted.count >= window.most else { continue }
            wait = max(wait, counted[counted.count - window.most] + window.span.milliseconds - now)
        }
        return .milliseconds(wait)
    }
}
