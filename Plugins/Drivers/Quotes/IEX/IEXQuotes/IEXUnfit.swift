import Plugin

/// Why the probe failed, and which setting to look at.
struct IEXUnfit: Error, CustomStringConvertible {
    let description: String

    init(_ error: QuoteSourceError) {
        let hint =
            switch error.code {
            case .notEntitled: "see \(IEXSettings.tokenKey)"
            case .unknownSymbol: "see \(IEXSettings.urlKey) and market.iex.probe"
            case .quotaExhausted, .throttled: "the token of \(IEXSettings.tokenKey) has used up what it may"
            default: "see \(IEXSettings.urlKey)"
            }
        description = "\(error.message); \(hint)"
    }
}
