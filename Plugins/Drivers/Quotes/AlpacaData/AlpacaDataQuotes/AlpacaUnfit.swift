import Plugin

/// Why the probe failed, and which setting to look at.
struct AlpacaUnfit: Error, CustomStringConvertible {
    let description: String

    init(_ error: QuoteSourceError, at url: String) {
        let hint =
            switch error.code {
            case .notEntitled:
                "see \(AlpacaDataSettings.keyKey), \(AlpacaDataSettings.secretKey) and market.alpacadata.feed"
            case .unknownSymbol: "see \(url) and market.alpacadata.probe"
            case .throttled, .quotaExhausted: "see market.alpacadata.limit"
            default: "see \(url)"
            }
        description = "\(error.message); \(hint)"
    }
}
