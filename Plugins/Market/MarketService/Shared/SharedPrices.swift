import Contracts
import Observe
import Plugin
import Valkey

/// The prices that replicas share, and who of them asks the source for which: a lease for each symbol.
///
/// Ages are told by the store's own clock, so that replicas with other clocks agree. Whatever fails here fails open: a
/// replica that cannot reach the store asks the source itself.
struct SharedPrices: Sendable {
    /// What is to be done about a symbol.
    enum Claim {
        /// Nothing: it is known. `left` is how long it still serves as fresh, and how long as old; not below zero.
        case known(PriceRecord.Content, fresh: Duration, serve: Duration)
        /// Ask the source, and `settle`.
        case mine
        /// Another replica asks the source now.
        case others
    }

    /// What became of a claim.
    enum Settlement {
        case price(KnownPrice, Freshness)
        case unknownSymbol(Duration)
        /// The source did not answer: another may try.
        case none
    }

    let store: ValkeyClient
    /// How long a replica may take to ask the source; after that another does.
    let lease: Duration
    /// Tells this process from others.
    private let token: String

    init(_ store: ValkeyClient, lease: Duration) {
        self.store = store
        self.lease = lease
        var generator = SystemRandomNumberGenerator()
        token = String(UInt64.random(in: .min ... .max, using: &generator), radix: 36)
    }

    /// Looks the symbols up, and claims those that are not fresh.
    /// - Parameter number: tells claims of this process apart.
    func claim(
        _ symbols: [String],
        source: String,
        number: Int,
        _ times: Freshness
    ) async throws(ValkeyError) -> [Claim] {
        let serve = Self.milliseconds(times.serve)
        let reply = try await store.run(
            Self.claiming,
            keys: keys(symbols, source),
            arguments: ["\(token):\(number)", Self.milliseconds(lease), serve]
        )
        let items = try reply.items()
        guard items.count == symbols.count else { return symbols.map { _ in .mine } }
        var claims: [Claim] = []
        for item in items {
            let parts = try item.items()
            let state = try parts[0].integer()
            if parts.count == 3, let content = PriceRecord.decode(try parts[1].value([UInt8].self)) {
                let left = try parts[2].integer()
                // An old one serves while another replica, not this one, asks for a new one.
                if state != 1 {
                    let fresh = Duration.milliseconds(max(0, left - serve))
                    claims.append(.known(content, fresh: fresh, serve: .milliseconds(max(0, min(left, serve)))))
                    continue
                }
            }
            claims.append(state == 1 ? .mine : .others)
        }
        return claims
    }

    /// Tells the others what came of claims. Best effort: a lease that is not given back runs out.
    func settle(_ settlements: [(String, Settlement)], source: String, number: Int) async {
        var arguments: [any ValkeyArgument] = ["\(token):\(number)"]
        for (_, settlement) in settlements {
            switch settlement {
            case .price(let price, let times):
                arguments.append(PriceRecord.encode(price) ?? [])
                arguments.append(Self.milliseconds(times.fresh + times.serve))
            case .unknownSymbol(let time):
                arguments.append([PriceRecord.unknown])
                arguments.append(Self.milliseconds(time))
            case .none:
                arguments.append([UInt8]())
                arguments.append(0)
            }
        }
        _ = try? await store.run(Self.settling, keys: keys(settlements.map(\.0), source), arguments: arguments)
    }

    /// For each symbol the key of its price and that of its lease.
    private func keys(_ symbols: [String], _ source: String) -> [any ValkeyArgument] {
        symbols.flatMap { ["market:price:\(source):\($0)", "market:lease:\(source):\($0)"] }
    }

    private static func milliseconds(_ time: Duration) -> Int { max(1, Int(time / .milliseconds(1))) }

    /// Gives for each symbol 0 (known), 1 (claimed) or 2 (claimed by another), and the record with its time to live.
    private static let claiming = ValkeyScript(
        """
        local result = {}
        for i = 1, #KEYS, 2 do
            local record = redis.call('GET', KEYS[i])
            local left = record and redis.call('PTTL', KEYS[i]) or 0
            local state = 0
            if not record or (string.byte(record) ~= 2 and left <= tonumber(ARGV[3])) then
                state = redis.call('SET', KEYS[i + 1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 2
            end
            result[#result + 1] = record and { state, record, left } or { state }
        end
        return result
        """
    )

    private static let settling = ValkeyScript(
        """
        for i = 1, #KEYS, 2 do
            local record, time = ARGV[i + 1], tonumber(ARGV[i + 2])
            if time > 0 and #record > 0 then redis.call('SET', KEYS[i], record, 'PX', time) end
            if redis.call('GET', KEYS[i + 1]) == ARGV[1] then redis.call('DEL', KEYS[i + 1]) end
        end
        return 0
        """
    )
}
