import Contracts
import Money
import Observe
import Plugin
import RPC

/// Answers for the market: turns what the quote driver of the moment says into the messages of the contract.
struct MarketService: MarketServing {
    /// The most symbols of one request.
    static let mostSymbols = 500

    let slot: DriverSlot<any QuoteSource>
    let memory: SourceMemory
    let now: @Sendable () -> WallTime
    let pause: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - now: our time.
    ///   - pause: lets the calling task wait.
    init(
        slot: DriverSlot<any QuoteSource>,
        now: @escaping @Sendable () -> WallTime,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.slot = slot
        self.now = now
        self.pause = pause
        memory = SourceMemory(now: now)
    }

    /// Calls the driver of the moment; its failures become statuses.
    func use<Answer>(_ body: (any QuoteSource) async throws -> Answer) async throws -> Answer {
        do {
            return try await slot.use(body)
        } catch let error as QuoteSourceError {
            throw RPCError(source: error)
        } catch let error as DriverError {
            throw RPCError(.unavailable, "no quotes: \(error.code)")
        }
    }

    /// A date of a request; nil if the text is empty.
    static func date(_ text: String, field: String) throws(RPCError) -> CalendarDate? {
        if text.isEmpty { return nil }
        guard let date = try? CalendarDate(parsing: text) else {
            throw .field(field, "invalid", "must be a day, written YYYY-MM-DD")
        }
        return date
    }

    /// A choice of a request; `usual` if the text is empty.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String,
        field: String,
        usual: Choice
    ) throws(RPCError) -> Choice {
        if text.isEmpty { return usual }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .field(field, "invalid", "must be one of \(all)")
        }
        return choice
    }
}
