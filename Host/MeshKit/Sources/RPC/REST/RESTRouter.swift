internal import HTTP

/// Finds the route of a request: a tree of path segments, where a literal wins over a variable. A value without I/O.
struct RESTRouter: Sendable {
    /// Two routes that answer the same requests, or a template that is none.
    struct Conflict: Error, CustomStringConvertible {
        let description: String
    }

    private struct Node: Sendable {
        /// Few: to compare with each is quicker than to look one up.
        var literals: [(name: String, node: Int)] = []
        var variable: (name: String, node: Int)?
        var routes: [(method: HTTPMethod, route: Int)] = []
    }

    /// A route as it is served: a class, as every request has one in its hands many times.
    final class Endpoint: Sendable {
        let route: RESTRoute
        /// What filters know of it.
        let target: RESTCall.Target

        init(_ route: RESTRoute) {
            self.route = route
            target = RESTCall.Target(route.method, route.template, route.access, route.quota)
        }
    }

    private let endpoints: [Endpoint]
    private var nodes = [Node()]

    init(_ routes: [RESTRoute]) throws(Conflict) {
        endpoints = routes.map { Endpoint($0) }
        for (index, route) in routes.enumerated() { try insert(route, index) }
    }

    /// The route, and the path's variables.
    ///
    /// - Throws: 404, 405 with what is allowed, 400 for a path that is not percent-encoded UTF-8 or plays tricks.
    func find(
        _ method: HTTPMethod,
        _ path: Substring
    ) throws(RESTError) -> (endpoint: Endpoint, variables: [(name: String, value: String)]) {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw RESTError(400, "bad-request", "the path does not begin with /")
        }
        var segments: [String] = []
        segments.reserveCapacity(6)
        var rest = path.utf8.dropFirst()
        while true {
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            guard let segment = PercentDecoding.decode(Substring(rest[..<end])) else {
                throw RESTError(400, "bad-request", "the path is not percent-encoded UTF-8")
            }
            guard Self.isPlain(segment) else {
                throw RESTError(400, "bad-request", "a segment of the path is . or .. or has a slash in it")
            }
            segments.append(segment)
            guard end < rest.endIndex else { break }
            rest = rest[rest.index(after: end)...]
        }
        var variables: [(name: String, value: String)] = []
        guard let node = match(0, segments[...], &variables) else {
            throw RESTError(404, "not-found", "there is nothing at this path")
        }
        let wanted: HTTPMethod = method == .head ? .get : method
        guard let found = nodes[node].routes.first(where: { $0.method == wanted }) else {
            var allow = nodes[node].routes.map(\.method.rawValue)
            if allow.contains("GET") { allow.append("HEAD") }
            allow.append("OPTIONS")
            throw RESTError(405, "method-not-allowed", "this path does not take \(method)", allow: allow)
        }
        return (endpoints[found.route], variables)
    }

    /// Whether whoever reads the segment, here or behind us, sees one name in it: no way up, no separator, no end.
    private static func isPlain(_ segment: String) -> Bool {
        segment != "." && segment != ".."
            && segment.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != 0x2f && $0 != 0x5c }
    }

    private func match(
        _ node: Int,
        _ segments: ArraySlice<String>,
        _ variables: inout [(name: String, value: String)]
    ) -> Int? {
        guard let segment = segments.first else { return nodes[node].routes.isEmpty ? nil : node }
        for (name, next) in nodes[node].literals where name == segment {
            if let found = match(next, segments.dropFirst(), &variables) { return found }
        }
        guard let (name, next) = nodes[node].variable, !segment.isEmpty else { return nil }
        variables.append((name, segment))
        if let found = match(next, segments.dropFirst(), &variables) { return found }
        variables.removeLast()
        return nil
    }

    private mutating func insert(_ route: RESTRoute, _ index: Int) throws(Conflict) {
        guard route.template.hasPrefix("/") else {
            throw Conflict(description: "\(route.template) does not begin with /")
        }
        var node = 0
        for part in route.template.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let next = nodes.count
            if part.hasPrefix("{"), part.hasSuffix("}") {
                let name = String(part.dropFirst().dropLast())
                if let variable = nodes[node].variable {
                    guard variable.name == name else {
                        throw Conflict(description: "\(route.template) names {\(variable.name)} otherwise")
                    }
                    node = variable.node
                    continue
                }
                nodes[node].variable = (name, next)
            } else if let known = nodes[node].literals.first(where: { $0.name == part }) {
                node = known.node
                continue
            } else {
                nodes[node].literals.append((String(part), next))
            }
            nodes.append(Node())
            node = next
        }
        guard !nodes[node].routes.contains(where: { $0.method == route.method }) else {
            throw Conflict(description: "\(route.method) \(route.template) is there twice")
        }
        nodes[node].routes.append((route.method, index))
    }
}
