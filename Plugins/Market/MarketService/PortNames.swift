import Plugin

// The contract has a `MarketClock` and a `MarketSession` too, and `Plugin.` would mean the protocol of that name.

/// What time a source says it is.
typealias SourceClock = MarketClock

/// The part of the trading day a source says it is.
typealias SourceSession = MarketSession
