import Contracts
import Observe
import SwiftProtobuf

/// What replicas tell each other of a symbol: one byte that says what it is, and for a price the moment from which it is
/// stale, eight bytes, highest first, and the answer as on the wire.
enum PriceRecord {
    /// What a record says.
    enum Content {
        case price(MarketQuote, staleFrom: WallTime?)
        case unknownSymbol
    }

    private static let price: UInt8 = 1
    /// Known to the scripts of `SharedPrices`, too.
    static let unknown: UInt8 = 2

    static func encode(_ known: KnownPrice) -> [UInt8]? {
        guard let message: [UInt8] = try? known.message.serializedBytes() else { return nil }
        let moment = known.staleFrom?.nanosecondsSinceEpoch ?? .max
        return [price] + (0..<8).map { UInt8(truncatingIfNeeded: moment >> (56 - 8 * $0)) } + message
    }

    /// Nil for what no replica of this version wrote.
    static func decode(_ bytes: [UInt8]) -> Content? {
        switch bytes.first {
        case unknown where bytes.count == 1:
            return .unknownSymbol
        case price where bytes.count > 9:
            guard let message = try? MarketQuote(serializedBytes: Array(bytes[9...])) else { return nil }
            let moment = bytes[1..<9].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            return .price(message, staleFrom: moment == .max ? nil : WallTime(nanosecondsSinceEpoch: moment))
        default:
            return nil
        }
    }
}
