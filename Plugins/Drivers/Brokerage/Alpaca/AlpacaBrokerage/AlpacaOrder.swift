import Money
import Observe
import Plugin
import SwiftProtobuf

/// An order as Alpaca shows it. A class: see `BrokerageOrder`.
///
/// Alpaca writes all numbers of an order as strings; one that is a JSON number is refused, as it would have passed
/// through floating point.
final class AlpacaOrder: Sendable {
    /// What Alpaca calls it.
    let id: String
    let clientID: String
    let symbol: String
    let side: String
    let status: String
    let filledQuantity: ExactDecimal
    /// Of a share, on average; nil before anything is filled.
    let averagePrice: ExactDecimal?
    /// When it was filled, or else last changed; nil if Alpaca does not say.
    let changedAt: WallTime?

    /// - Throws: `malformed` for anything else than an order.
    init(_ body: [UInt8]) throws(BrokerageError) {
        guard let fields = (try? Google_Protobuf_Struct(jsonUTF8Bytes: body))?.fields else {
            throw Self.malformed("is no JSON object")
        }
        func text(_ key: String) throws(BrokerageError) -> String {
            guard case .stringValue(let text)? = fields[key]?.kind, !text.isEmpty else {
                throw Self.malformed("has no \(key)")
            }
            return text
        }
        func decimal(_ key: String) throws(BrokerageError) -> ExactDecimal? {
            switch fields[key]?.kind {
            case nil, .nullValue: return nil
            case .stringValue(let text):
                guard let value = try? ExactDecimal(parsing: text), !value.isNegative else {
                    throw Self.malformed("has a \(key) that is no decimal")
                }
                return value.normalized
            default: throw Self.malformed("has a \(key) that is no string")
            }
        }
        id = try text("id")
        clientID = try text("client_order_id")
        symbol = try text("symbol")
        side = try text("side")
        status = try text("status")
        filledQuantity = try decimal("filled_qty") ?? .zero
        averagePrice = try decimal("filled_avg_price")
        changedAt =
            ["filled_at", "canceled_at", "expired_at", "updated_at"].lazy.compactMap { key in
                fields[key].flatMap { WallTime(rfc3339: $0.stringValue) }
            }.first
    }

    static func malformed(_ what: String) -> BrokerageError {
        BrokerageError(.malformed, "Alpaca's order \(what)")
    }
}

extension WallTime {
    /// Nil for what is no RFC 3339 text.
    fileprivate init?(rfc3339 text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }),
            let time = try? Google_Protobuf_Timestamp(jsonString: "\"\(text)\"")
        else { return nil }
        self.init(secondsSinceEpoch: time.seconds, nanoseconds: Int64(time.nanos))
    }
}
