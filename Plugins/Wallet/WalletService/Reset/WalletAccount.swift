import Observe

/// Which of a client's accounts is the one now: a reset ends one and begins the next.
struct WalletAccount: Sendable, Equatable {
    /// From 1 on.
    let number: Int
    /// When it began; nil for a client without a wallet.
    let since: WallTime?
}
