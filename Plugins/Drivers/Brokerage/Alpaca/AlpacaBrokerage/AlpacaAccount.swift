import Plugin
import SwiftProtobuf

/// The account that orders are executed in.
struct AlpacaAccount: Sendable {
    let id: String

    /// Reads the answer of `GET /v2/account`.
    /// - Throws: `malformed`, or `upstream` for an account that may not trade.
    init(_ body: [UInt8]) throws(BrokerageError) {
        let fields = (try? Google_Protobuf_Struct(jsonUTF8Bytes: body))?.fields ?? [:]
        guard let id = fields["id"]?.stringValue, (1...64).contains(id.utf8.count),
            id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let status = fields["status"]?.stringValue
        else { throw BrokerageError(.malformed, "\(AlpacaSettings.urlKey) is not Alpaca's trading API") }
        let blocks = ["trading_blocked", "account_blocked", "trade_suspended_by_user"]
        guard status == "ACTIVE", !blocks.contains(where: { fields[$0]?.boolValue == true }) else {
            throw BrokerageError(.upstream, "Alpaca's account may not trade: it is blocked, or not active yet")
        }
        guard fields["currency"]?.stringValue == "USD" else {
            throw BrokerageError(.upstream, "Alpaca's account is not in USD")
        }
        self.id = id
    }
}
