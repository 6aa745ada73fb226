/// Which requests get one answer.
struct SharedAnswerKey: Hashable, Sendable {
    /// Where they wait: an answer is given on one loop.
    let loop: Int
    /// The route.
    let endpoint: ObjectIdentifier
    /// Path and query, as they were sent.
    let target: String
    /// Whether they take gzip, and like it.
    let isCoded: Bool
}
