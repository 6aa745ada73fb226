internal import HTTP

/// Which requests get one answer. Compared and hashed by identity: `SharedAnswerKeys` has one for each.
final class SharedAnswerKey: Hashable, Sendable {
    /// What is asked for.
    struct Wish: Hashable, Sendable {
        /// Path and query, as they were sent.
        let target: String
        /// Whether they take gzip, and like it.
        let isCoded: Bool
        /// Where they wait: an answer is given on one loop.
        let loop: Int
    }

    let wish: Wish
    /// The route.
    let endpoint: RESTRouter.Endpoint

    init(_ wish: Wish, _ endpoint: RESTRouter.Endpoint) {
        self.wish = wish
        self.endpoint = endpoint
    }

    static func == (left: SharedAnswerKey, right: SharedAnswerKey) -> Bool { left === right }

    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
