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

    /// The `type` of a problem with that code (RFC 9457 §3.1.1): its entry in the documentation. It keeps its place as the
    /// code does.
    static func type(_ code: String) -> String { "/docs#problem-\(code)" }

    /// The problem of a code.
    public subscript(code: String) -> Problem? { indices[code].map { problems[$0] } }
}
