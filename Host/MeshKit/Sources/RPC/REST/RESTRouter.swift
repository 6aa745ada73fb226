internal import HTTP

/// Finds the route of a request: a tree of path segments, where a literal wins over a variable. A value without I/O.
struct RESTRouter: Sendable {
    /// Two routes that answer the same requests, or a template that is none.
    struct Conflict: Error, CustomStringConvertible {
        let description: String
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var variable: (name: String, node: Int)?
        var routes: [(method: HTTPMethod, route: Int)] = []
    }

    private let routes: [RESTRoute]
    private var nodes = [Node()]

    init(_ routes: [RESTRoute]) throws(Conflict) {
        self.routes = routes
        for (index, route) in routes.enumerated() { try insert(route, index) }
    }

    /// The route, and the path's variables.
    ///
    /// - Throws: 404, 405 with what is allowed, 400 for a path that is not percent-encoded UTF-8 or plays tricks.
    func find(
        _ method: HTTPMethod,
        _ path: Substring
    ) throws(RESTError) -> (route: RESTRoute, variables: [(name: String, value: String)]) {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw RESTError(400, "bad-request", "the path does not begin with /")
        }
        var segments: [String] = []
        segments.reserveCapacity(6)
        for part in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let segment = PercentDecoding.decode(Substring(part)) else {
                throw RESTError(400, "bad-request", "the path is not percent-encoded UTF-8")
            }
            guard Self.isPlain(segment) else {
                throw RESTError(400, "bad-request", "a segment of the path is . or .. or has a slash in it")
            }
            segments.append(segment)
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
        return (routes[found.route], variables)
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
        if let next = nodes[node].literals[segment], let found = match(next, segments.dropFirst(), &variables) {
            return found
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
            } else if let known = nodes[node].literals[String(part)] {
                node = known
                continue
            } else {
                nodes[node].literals[String(part)] = next
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
