import Contracts
import Observe
import SwiftProtobuf

/// Trades as lines of CSV. Pure.
enum HistoryTable {
    static let header = line([
        "date", "executedAt", "id", "orderId", "symbol", "side", "quantity", "price", "fee", "total", "currency",
        "explanation",
    ])

    static func lines(_ trades: [WalletTrade]) -> String {
        var text = ""
        for trade in trades {
            let time = WallTime(
                secondsSinceEpoch: trade.executedAt.seconds,
                nanoseconds: Int64(trade.executedAt.nanos)
            )
            text += line([
                trade.date, time.description, trade.id, trade.orderID, trade.symbol, trade.side, trade.quantity,
                trade.price.amount, trade.fee.amount, trade.total.amount, trade.total.currency, trade.explanation,
            ])
        }
        return text
    }

    private static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

    /// A cell as RFC 4180 has it. What a spreadsheet would take for a formula gets an apostrophe, which makes it text;
    /// nothing here is a negative number.
    static func cell(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) { text = "'" + text }
        guard text.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
