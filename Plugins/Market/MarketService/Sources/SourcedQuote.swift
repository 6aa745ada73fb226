import Plugin

/// A quote and who it is from. A class, as decimals are large and pass through many hands.
final class SourcedQuote: Sendable {
    let quote: SourceQuote
    let label: SourceLabel

    init(_ quote: SourceQuote, _ label: SourceLabel) {
        self.quote = quote
        self.label = label
    }
}
