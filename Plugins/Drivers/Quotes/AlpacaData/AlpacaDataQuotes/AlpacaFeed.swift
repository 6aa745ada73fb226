import Plugin

/// The exchanges whose trades and quotes are told.
enum AlpacaFeed: String, CaseIterable, Sendable {
    /// IEX alone, in real time: some two or three of a hundred shares traded.
    case iex
    /// All of them (the consolidated tape), in real time; plans without it are refused its last fifteen minutes.
    case sip
    /// All of them, fifteen minutes late.
    case delayed = "delayed_sip"

    /// How late prices are when they are read, in seconds.
    var delaySeconds: Int { self == .delayed ? 900 : 0 }

    /// What the port says of it.
    var timeliness: QuoteCapabilities.Timeliness {
        self == .delayed ? .delayed(seconds: delaySeconds) : .realtime
    }
}
