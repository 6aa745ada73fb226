import Contracts
import Money
import RPC

/// A sum on its way through asynchronous functions.
///
/// A class, because Swift 6.3.1 (x86-64 Linux) miscompiles asynchronous functions that take or return structures with an
/// `Int128` in them beside several other values: they come back to an address that is none. `CashHold` and `Ledger` are
/// classes for the same reason.
final class CashAmount: Sendable {
    let amount: Amount

    init(_ amount: Amount) { self.amount = amount }

    var value: ExactDecimal { amount.value }
    var currency: Currency { amount.currency }
}

/// Sums of cash, as they come from other services and go to them.
enum Cash {
    /// The largest sum that one entry moves. Far from where the digits of an exact decimal end.
    static let most = 1_000_000_000_000

    /// A sum above zero, of whole units of cash.
    /// - Throws: INVALID_ARGUMENT that names the field.
    static func check(_ money: LonjaMoney, field: String = "amount") throws(RPCError) -> CashAmount {
        guard let amount = try? money.exact(),
            let value = try? amount.value.normalized.rescaled(to: amount.currency.minorUnits)
        else { throw .field(field, "invalid", "must be a sum of whole cents, with its currency") }
        guard value.signum > 0, value <= ExactDecimal(most) else {
            throw .field(field, "out-of-range", "must be above zero, and at most \(most)")
        }
        return CashAmount(Amount(value, amount.currency))
    }

    /// The message of a sum, with as many decimal places as cash in its currency has.
    static func message(_ value: ExactDecimal, _ currency: Currency) -> LonjaMoney {
        LonjaMoney((try? value.rescaled(to: currency.minorUnits)) ?? value, currency)
    }

    /// The id of a hold or an entry: what wallet made, and nothing else is known of it.
    /// - Throws: INVALID_ARGUMENT that names the field.
    static func check(id: String, field: String) throws(RPCError) -> String {
        let isID = id.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: ":"):
                true
            default: false
            }
        }
        guard (1...64).contains(id.utf8.count), isID else {
            throw .field(field, "invalid", "must be 1 to 64 letters, digits, and any of - _ . :")
        }
        return id
    }
}

/// What a client has of one currency.
struct CashBalance: Equatable, Sendable {
    let available: ExactDecimal
    let held: ExactDecimal
    let currency: Currency
}

extension ProfileBalance {
    init(_ balance: CashBalance) {
        self.init()
        available = Cash.message(balance.available, balance.currency)
        held = Cash.message(balance.held, balance.currency)
    }
}
