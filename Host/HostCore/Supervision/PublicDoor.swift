import RPC

/// Tells requests for routes from those for the site, by the first step of the path. A value.
///
/// What begins like a route is for the routes, so that a wrong path of the API is answered by the API.
struct PublicDoor: Sendable {
    private let steps: Set<Substring>

    /// The door of a process with these routes.
    init(routes: [RESTRoute]) {
        steps = Set(routes.map { Self.firstStep($0.template[...]) })
    }

    /// Whether a request's target is for the routes.
    func isOfRoutes(_ target: String) -> Bool {
        // OPTIONS * is for nobody's path; routes know what to say.
        !steps.isEmpty && (target == "*" || steps.contains(Self.firstStep(target[...])))
    }

    /// "api" of "/api/v1/quotes?symbols=A".
    private static func firstStep(_ target: Substring) -> Substring {
        let rest = target.utf8.dropFirst()
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        return target[rest.startIndex..<end]
    }
}
