/// Rules of callers that are none. Its text is safe to show.
public struct CallerRulesError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
