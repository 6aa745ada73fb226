import Money
import Plugin

extension QuoteSourceCompatibility {
    /// Every failure is named as what it is, wherever it happens, shows no secret, and fails the probe.
    static let failures: [QuoteCheck] =
        [
            failure(.wrongCredentials, .notEntitled), failure(.notEntitled, .notEntitled),
            failure(.throttled, .throttled), failure(.exhausted, .quotaExhausted), failure(.broken, .upstream),
            failure(.silent, .upstream), failure(.malformed, .malformed), failure(.shapeless, .malformed),
            failure(.truncated, .upstream), failure(.unreachable, .upstream),
        ] + [
            QuoteCheck("the probe passes where everything works") { end in
                let source = try end.source(.normal)
                try await source.probe()
                await source.close()
            },
            QuoteCheck("the probe fails where another server is", needs: [.foreign]) { end in
                let source = try end.source(.foreign)
                try discreet(try await probeError(source), end, hint: end.facts.hints[.foreign])
                await source.close()
            },
            QuoteCheck("a source that asks for a pause is given it", needs: [.throttled]) { end in
                let source = try end.source(.throttled)
                let first = try await fails(.throttled, "the first call") { _ = try await source.quotes(some(end)) }
                let before = try await end.requestCount()
                let next = try await fails(.throttled, "the next call") { _ = try await source.quotes(some(end)) }
                try QuoteViolation.unless(
                    try await end.requestCount() == before,
                    "the source was asked again during the pause"
                )
                guard let wait = first.retryAfter, let left = next.retryAfter else {
                    throw QuoteViolation(description: "no time to wait: \(first), \(next)")
                }
                try QuoteViolation.unless(
                    end.facts.retryAfter.contains(Int(wait.components.seconds)),
                    "\(wait) to wait, expected \(end.facts.retryAfter) s"
                )
                try QuoteViolation.unless(left <= wait && left > .zero, "\(left) left of \(wait)")
                await source.close()
            },
        ]

    private static func failure(_ condition: QuoteCondition, _ code: QuoteSourceError.Code) -> QuoteCheck {
        QuoteCheck("\(condition): every call fails with \(code), and so does the probe", needs: [condition]) { end in
            let symbol = end.facts.bars.keys.sorted()[0]
            let day = end.facts.bars[symbol]?.last?.day ?? .latest
            let calls: [(String, (any QuoteSource) async throws -> Void)] = [
                ("quotes", { _ = try await $0.quotes(some(end)) }),
                ("bars", { _ = try await $0.bars(symbol, from: day, through: day) }),
                ("actions", { _ = try await $0.actions(symbol) }),
                ("companies", { _ = try await $0.companies() }),
            ]
            for (name, call) in calls {
                // A driver of its own for each, so that a pause of the first does not answer for the others.
                let source = try end.source(condition)
                let error = try await fails(code, name) { try await call(source) }
                try discreet("\(error)", end, hint: nil)
                await source.close()
            }
            let source = try end.source(condition)
            try discreet(try await probeError(source), end, hint: end.facts.hints[condition])
            await source.close()
        }
    }

    // MARK: Helpers

    static func some(_ end: any QuoteEnd) -> [String] { Array(end.facts.quotes.keys.sorted().prefix(3)) }

    private static func probeError(_ source: any QuoteSource) async throws -> String {
        do {
            try await source.probe()
        } catch {
            return "\(error)"
        }
        throw QuoteViolation(description: "the probe passes")
    }

    /// Says something, the hint included, and no secret, in one line.
    private static func discreet(_ text: String, _ end: any QuoteEnd, hint: String?) throws {
        for secret in end.facts.secrets {
            try QuoteViolation.unless(!text.contains(secret), "the error shows a secret")
        }
        try QuoteViolation.unless(!text.isEmpty && !text.contains("\n"), "not one line: \(text)")
        if let hint { try QuoteViolation.unless(text.contains(hint), "\"\(text)\" does not say \(hint)") }
    }
}
