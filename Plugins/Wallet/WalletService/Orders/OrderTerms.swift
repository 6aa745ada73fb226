import Contracts
import Money
import RPC

/// What a client asks for, checked as far as it can be without knowing anything else.
///
/// A class, as is everything here with exact decimals that goes through asynchronous functions: Swift 6.3.1 (x86-64
/// Linux) miscompiles those that take or return structures with an `Int128` in them beside several other values.
final class OrderTerms: Sendable {
    /// The largest number of shares, price or sum of an order: 10^9.
    static let most = ExactDecimal(1_000_000_000)

    let symbol: String
    let side: OrderSide
    let type: OrderType
    let timeInForce: TimeInForce
    /// Shares; nil where `amount` says how many.
    let quantity: ExactDecimal?
    /// Cash to spend or to raise.
    let amount: ExactDecimal?
    let limit: ExactDecimal?

    /// - Throws: INVALID_ARGUMENT that names the field, with the codes `required`, `invalid`, `too-many-decimals`,
    ///   `out-of-range` (zero or less) and `too-large`.
    init(_ request: WalletOrderRequest) throws(RPCError) {
        symbol = request.symbol
        guard Self.isSymbol(symbol) else {
            throw .field("symbol", symbol.isEmpty ? "required" : "invalid", "must be a ticker, such as AAPL")
        }
        side = try Self.choice(request.side, "side", nil)
        type = try Self.choice(request.type, "type", nil)
        timeInForce = try Self.choice(request.timeInForce, "timeInForce", .day)
        guard request.quantity.isEmpty != request.amount.isEmpty else {
            throw .field("quantity", "required", "either quantity or amount must be given, not both")
        }
        quantity = try Self.decimal(request.quantity, "quantity", places: 9)
        amount = try Self.decimal(request.amount, "amount", places: 2)
        limit = try Self.decimal(request.limitPrice, "limitPrice", places: 4)
        switch type {
        case .limit where limit == nil:
            throw .field("limitPrice", "required", "must be given for a limit order")
        case .market where limit != nil:
            throw .field("limitPrice", "invalid", "must not be given for a market order")
        default: break
        }
    }

    /// For what is stored.
    init(
        symbol: String,
        side: OrderSide,
        type: OrderType,
        timeInForce: TimeInForce,
        quantity: ExactDecimal?,
        amount: ExactDecimal?,
        limit: ExactDecimal?
    ) {
        self.symbol = symbol
        self.side = side
        self.type = type
        self.timeInForce = timeInForce
        self.quantity = quantity
        self.amount = amount
        self.limit = limit
    }

    /// The same text for the same terms, however they were written: what an idempotency key stands for.
    var fingerprint: String {
        func text(_ value: ExactDecimal?) -> String { value?.normalized.description ?? "-" }
        return [
            symbol, side.rawValue, type.rawValue, timeInForce.rawValue, text(quantity), text(amount), text(limit),
        ].joined(separator: " ")
    }

    /// The amount of a purchase at the market's price: what is kept is what it says, and a brokerage that can spends it
    /// exactly.
    var amountToSpend: ExactDecimal? { side == .buy && type == .market ? amount : nil }

    static func isSymbol(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x41...0x5A).contains(first), text.utf8.count <= 12 else { return false }
        return text.utf8.allSatisfy { byte in
            (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D
        }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String,
        _ field: String,
        _ usual: Choice?
    ) throws(RPCError) -> Choice {
        if text.isEmpty, let usual { return usual }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .field(field, text.isEmpty ? "required" : "invalid", "must be one of \(all)")
        }
        return choice
    }

    /// A number above zero with at most `places` decimal places; nil for no text.
    private static func decimal(_ text: String, _ field: String, places: Int) throws(RPCError) -> ExactDecimal? {
        if text.isEmpty { return nil }
        let value: ExactDecimal
        do {
            value = try ExactDecimal(parsing: text)
        } catch  where error.code == .overflow {
            throw .field(field, "too-large", "must be at most \(most)")
        } catch {
            // Digits and one point, and still no decimal: more places than a decimal has.
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let isNumber = parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isDigit) }
            guard isNumber, parts[1].utf8.count > ExactDecimal.maximumScale else {
                throw .field(field, "invalid", "must be a decimal, such as 12.34")
            }
            throw .field(field, "too-many-decimals", "must have at most \(places) decimal places")
        }
        guard let scaled = try? value.normalized.rescaled(to: places) else {
            throw .field(field, "too-many-decimals", "must have at most \(places) decimal places")
        }
        guard scaled.signum > 0 else { throw .field(field, "out-of-range", "must be above zero") }
        guard scaled <= most else { throw .field(field, "too-large", "must be at most \(most)") }
        return value.normalized
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
