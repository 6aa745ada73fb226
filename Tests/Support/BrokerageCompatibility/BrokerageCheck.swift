/// One thing that every brokerage must do.
public struct BrokerageCheck: Sendable, CustomStringConvertible {
    /// What it is, in words.
    public let description: String
    /// What the end must be able to do for this check to say anything.
    public let needs: Set<BrokerageEndAbility>
    let body: @Sendable (any BrokerageEnd) async throws -> Void

    init(
        _ description: String,
        needs: Set<BrokerageEndAbility> = [],
        _ body: @escaping @Sendable (any BrokerageEnd) async throws -> Void
    ) {
        self.description = description
        self.needs = needs
        self.body = body
    }

    /// Runs the check.
    /// - Returns: false if the end cannot show it.
    /// - Throws: ``BrokerageViolation`` with what was wrong, and what the end throws.
    public func run(_ end: any BrokerageEnd) async throws -> Bool {
        guard needs.isSubset(of: end.abilities) else { return false }
        try await body(end)
        return true
    }
}

/// A brokerage did not do what every brokerage must.
public struct BrokerageViolation: Error, CustomStringConvertible {
    /// What was wrong.
    public let description: String

    /// Checks a condition.
    static func unless(_ condition: Bool, _ description: @autoclosure () -> String) throws(BrokerageViolation) {
        if !condition { throw BrokerageViolation(description: description()) }
    }
}
