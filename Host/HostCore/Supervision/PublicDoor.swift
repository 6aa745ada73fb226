import RPC

/// Tells requests for routes from those for the site, by the first step of the path. A value.
///
/// What begins like a route is for the routes, so that a wrong path of the API is answered by the API.
struct PublicDoor: Sendable {
    private let steps: [[UInt8]]

    /// The door of a process with these routes.
    init(routes: [RESTRoute]) {
        steps = Set(routes.map { Self.firstStep($0.template[...]) }).map { Array($0.utf8) }
    }

    /// Whether a request's target is for the routes.
    func isOfRoutes(_ target: String) -> Bool {
        // OPTIONS * is for nobody's path; routes know what to say.
        // Every request comes here; to compare with the few that there are is quicker than to look one up.
        var target = target
        return target.withUTF8 { target in
            steps.contains { step in
                let end = step.count + 1
                guard target.count >= end, target[1..<end].elementsEqual(step) else { return false }
                return target.count == end || target[end] == UInt8(ascii: "/") || target[end] == UInt8(ascii: "?")
            } || target.elementsEqual("*".utf8) && !steps.isEmpty
        }
    }

    /// "api" of "/api/v1/quotes?symbols=A".
    private static func firstStep(_ target: Substring) -> Substring {
        let rest = target.utf8.dropFirst()
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        return target[rest.startIndex..<end]
    }
}
