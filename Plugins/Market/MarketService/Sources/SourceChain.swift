import Plugin
import Synchronization

/// The sources of the market in the order in which they are asked: the first that can answer does.
final class SourceChain: Sendable {
    let links: [SourceLink]

    init(_ links: [SourceLink]) {
        precondition(!links.isEmpty, "a market has a source")
        self.links = links
    }

    /// Changes whenever a slot gets another driver: what was known is then of another source.
    var generation: Int { links.reduce(0) { $0 &+ $1.slot.generation } }

    /// The first source.
    var primary: SourceLink { links[0] }

    /// Asks one source after another, until one answers. An answer is also that there is no such symbol, but only from
    /// the first source: the one that stands in may not know what the first does.
    /// - Throws: what the first source threw.
    func first<Answer: Sendable>(
        _ body: (SourceLink, SourceLabel) async throws(QuoteSourceError) -> Answer
    ) async throws(QuoteSourceError) -> Answer {
        var first: QuoteSourceError?
        for link in links {
            guard let label = link.source else { continue }
            do throws(QuoteSourceError) {
                return try await body(link, label)
            } catch {
                if error.code == .cancelled || first == nil && error.code == .unknownSymbol { throw error }
                first = first ?? error
            }
        }
        throw first ?? QuoteSourceError(.upstream, "no source of quotes serves")
    }

    /// The newest quote of each symbol, from the first source that has one, and what went wrong with the others.
    func quotes(_ symbols: [String]) async -> [String: Result<SourcedQuote, QuoteSourceError>] {
        var found: [String: Result<SourcedQuote, QuoteSourceError>] = [:]
        var left = symbols
        for link in links where !left.isEmpty {
            guard let label = link.source else { continue }
            for (symbol, result) in await quotes(left, link, label) {
                switch result {
                case .success(let quote):
                    found[symbol] = .success(SourcedQuote(quote, label))
                case .failure(let error) where found[symbol] == nil:
                    found[symbol] = .failure(error)
                case .failure: break
                }
            }
            left = left.filter { Self.isOpen(found[$0]) }
        }
        return found
    }

    /// Whether another source may do better.
    private static func isOpen(_ result: Result<SourcedQuote, QuoteSourceError>?) -> Bool {
        guard case .failure(let error)? = result else { return result == nil }
        return error.code != .unknownSymbol && error.code != .cancelled
    }

    /// In as many calls as the source wants, side by side.
    private func quotes(
        _ symbols: [String],
        _ link: SourceLink,
        _ label: SourceLabel
    ) async -> [String: Result<SourceQuote, QuoteSourceError>] {
        let size = label.batchSize
        if symbols.count <= size { return await batch(symbols, link) }
        return await withTaskGroup(of: [String: Result<SourceQuote, QuoteSourceError>].self) { group in
            for start in stride(from: 0, to: symbols.count, by: size) {
                let part = Array(symbols[start..<min(start + size, symbols.count)])
                group.addTask { await self.batch(part, link) }
            }
            var all: [String: Result<SourceQuote, QuoteSourceError>] = [:]
            for await part in group { all.merge(part) { first, _ in first } }
            return all
        }
    }

    private func batch(
        _ symbols: [String],
        _ link: SourceLink
    ) async -> [String: Result<SourceQuote, QuoteSourceError>] {
        do throws(QuoteSourceError) {
            let answers = try await link.call { source throws(QuoteSourceError) in try await source.quotes(symbols) }
            return Dictionary(uniqueKeysWithValues: symbols.map { ($0, answers[$0] ?? .failure(Self.noAnswer($0))) })
        } catch {
            let failure = error
            return Dictionary(uniqueKeysWithValues: symbols.map { ($0, .failure(failure)) })
        }
    }

    private static func noAnswer(_ symbol: String) -> QuoteSourceError {
        QuoteSourceError(.upstream, "the source said nothing of \(symbol)")
    }
}
