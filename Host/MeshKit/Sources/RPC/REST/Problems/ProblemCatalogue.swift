/// Every problem that the public API answers with, by its code.
public struct ProblemCatalogue: Sendable {
    /// In the order of the contract.
    public let problems: [Problem]
    private let indices: [String: Int]

    /// A catalogue; a code that comes twice is a mistake of ours.
    public init(_ problems: [Problem]) {
        self.problems = problems
        indices = Dictionary(uniqueKeysWithValues: problems.enumerated().map { ($1.code, $0) })
    }

    /// The problem of a code.
    public subscript(code: String) -> Problem? { indices[code].map { problems[$0] } }
}
