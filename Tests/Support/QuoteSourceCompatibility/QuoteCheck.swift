/// One thing that every quote source must do.
public struct QuoteCheck: Sendable, CustomStringConvertible {
    /// What it is, in words.
    public let description: String
    /// The conditions that the end must be able to make for this check to say anything.
    public let needs: Set<QuoteCondition>
    let body: @Sendable (any QuoteEnd) async throws -> Void

    init(
        _ description: String,
        needs: Set<QuoteCondition> = [],
        _ body: @escaping @Sendable (any QuoteEnd) async throws -> Void
    ) {
        self.description = description
        self.needs = needs
        self.body = body
    }

    /// Runs the check.
    /// - Returns: false if the end cannot show it.
    /// - Throws: ``QuoteViolation`` with what was wrong, and what the end throws.
    public func run(_ end: any QuoteEnd) async throws -> Bool {
        guard needs.isSubset(of: end.conditions) else { return false }
        try await body(end)
        return true
    }
}

/// A quote source did not do what every quote source must.
public struct QuoteViolation: Error, CustomStringConvertible {
    /// What was wrong.
    public let description: String

    /// Checks a condition.
    static func unless(_ condition: Bool, _ description: @autoclosure () -> String) throws(QuoteViolation) {
        if !condition { throw QuoteViolation(description: description()) }
    }
}
