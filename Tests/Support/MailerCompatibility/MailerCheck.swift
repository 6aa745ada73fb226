/// One thing that every mailer must do.
public struct MailerCheck: Sendable, CustomStringConvertible {
    /// What it is, in words.
    public let description: String
    /// What the end must be able to do for this check to say anything.
    public let needs: Set<MailEndAbility>
    let body: @Sendable (any MailEnd) async throws -> Void

    init(
        _ description: String,
        needs: Set<MailEndAbility> = [],
        _ body: @escaping @Sendable (any MailEnd) async throws -> Void
    ) {
        self.description = description
        self.needs = needs
        self.body = body
    }

    /// Runs the check.
    /// - Returns: false if the end cannot show it.
    /// - Throws: ``MailerViolation`` with what was wrong, and what the end throws.
    public func run(_ end: any MailEnd) async throws -> Bool {
        guard needs.isSubset(of: end.abilities) else { return false }
        try await body(end)
        return true
    }
}

/// A mailer did not do what every mailer must.
public struct MailerViolation: Error, CustomStringConvertible {
    /// What was wrong.
    public let description: String

    /// Checks a condition.
    static func unless(_ condition: Bool, _ description: @autoclosure () -> String) throws(MailerViolation) {
        if !condition { throw MailerViolation(description: description()) }
    }
}
