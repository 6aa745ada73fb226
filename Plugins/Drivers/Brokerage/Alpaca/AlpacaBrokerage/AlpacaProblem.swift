import HTTP
import Plugin
import Reactor
import SwiftProtobuf

/// What an answer that is no order means. Without I/O and clock.
struct AlpacaProblem: Sendable, Equatable {
    /// The longest pause that a limit may ask for.
    static let longestPause = Duration.seconds(60)

    let status: Int
    /// Alpaca's own number, such as 40310000; 0 for none.
    let code: Int
    /// Alpaca's words, one line; empty for none.
    let message: String
    /// How long Alpaca wants to be left alone.
    let pause: Duration?

    init(status: Int, fields: HTTPFields, body: [UInt8]) {
        let members = (try? Google_Protobuf_Struct(jsonUTF8Bytes: body))?.fields ?? [:]
        self.status = status
        code = Int(exactly: members["code"]?.numberValue ?? 0) ?? 0
        let text = members["message"]?.stringValue ?? ""
        let shown = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200)
        message = String(shown.map(Character.init))
        pause = status == 429 ? Self.pause(fields) : nil
    }

    /// The code with which an order is refused for good; nil if the answer says nothing about the order.
    var refusal: String? {
        switch (status, code) {
        case (403, 40_310_000): message.contains("buying power") ? "broker-funds" : "refused"
        case (422, _), (400, _): "refused"
        default: nil
        }
    }

    /// The answer as a failure.
    var error: BrokerageError {
        let words = message.isEmpty ? "" : ": \(message)"
        return switch status {
        case 429: BrokerageError(.throttled, "Alpaca's limit of requests is reached")
        case 401, 403:
            BrokerageError(.upstream, "Alpaca refuses the keys (\(status)\(words)); see \(AlpacaSettings.keyKey)")
        default: BrokerageError(.upstream, "Alpaca answers \(status)\(words)")
        }
    }

    /// Whether the request may have been done although the answer is no success.
    var isUnclear: Bool { status >= 500 || status == 408 }

    private static func pause(_ fields: HTTPFields) -> Duration {
        guard let text = fields["retry-after"], let seconds = Int64(text), seconds >= 0 else { return .seconds(1) }
        return min(.seconds(seconds), longestPause)
    }
}
