/// What a call says of compression in its head, and what follows from it for its messages. A value.
struct RequestCompression {
    /// Answers may be compressed.
    let accepts: Bool
    /// Requests may be.
    let offers: Bool
    private let isAsked: Bool

    /// - Parameters:
    ///   - call: what the call's context asks for.
    ///   - channel: what holds for the channel's calls.
    init(_ call: MessageCompression, channel: MessageCompression) {
        isAsked = call == .gzip
        offers = isAsked || call == .automatic && channel == .gzip
        accepts = isAsked || channel != .none
    }

    /// Whether a message is to be compressed.
    func isWanted(for message: [UInt8], _ wanted: MessageCompression) -> Bool {
        guard offers else { return false }
        return switch wanted {
        case .gzip: true
        case .none: false
        case .automatic: isAsked || message.count >= MessageCompression.least
        }
    }
}
