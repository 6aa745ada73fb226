import SwiftProtobufPluginLibrary

/// What a route can answer.
struct OpenAPIResponses {
    private let route: PublicRoute
    private let contract: PublicContract

    init(_ route: PublicRoute, _ contract: PublicContract) {
        self.route = route
        self.contract = contract
    }

    /// By status.
    func all() throws -> [(String, JSONNode)] {
        let byStatus = byStatus
        let unchanged: [(String, JSONNode)] =
            !route.rule.tagged ? [] : [("304", .object([("description", "What If-None-Match names is still so.")]))]
        return [try success()] + unchanged
            + (Array(byStatus.keys) + Self.unread.keys).sorted().map { status in
                let reference = "#/components/responses/\(Self.name(status, byStatus[status] ?? []))"
                return ("\(status)", .object([("$ref", .string(reference))]))
            }
    }

    /// The refusals that routes share, by their names.
    static func shared(_ routes: [PublicRoute], _ contract: PublicContract) -> [(String, JSONNode)] {
        var found = Dictionary(uniqueKeysWithValues: unread.map { (name($0.key, []), unread($0.value)) })
        for route in routes {
            let responses = OpenAPIResponses(route, contract)
            let byStatus = responses.byStatus
            for (status, problems) in byStatus { found[name(status, problems)] = responses.refusal(problems) }
        }
        return found.sorted { $0.key < $1.key }
    }

    /// What is answered before a request is one, by a sentence or nothing.
    private static let unread = [414: "The request line is too long.", 431: "The header section is too long."]

    private static func unread(_ sentence: String) -> JSONNode {
        let text: JSONNode = .object([("text/plain", .object([("schema", .object([("type", "string")]))]))])
        return .object([("description", .string(sentence)), ("content", text)])
    }

    /// "403.csrf.cross-site": the same for every route that can be refused in the same ways.
    private static func name(_ status: Int, _ problems: [PublicProblem]) -> String {
        (["\(status)"] + problems.map(\.code)).joined(separator: ".")
    }

    private var byStatus: [Int: [PublicProblem]] {
        Dictionary(grouping: problems) { Int($0.rule.status) }
    }

    /// The route's own, and those that its kind brings.
    private var problems: [PublicProblem] {
        var codes = [
            "bad-request", "validation", "not-acceptable", "rate-limited", "internal", "unavailable", "overloaded",
            "timeout",
        ]
        if route.rule.access == .session { codes += ["unauthorized", "session-key-invalid", "insufficient-scope"] }
        if route.isUnsafe, route.rule.access == .session { codes += ["csrf", "cross-site"] }
        if route.hasBody || !route.rule.consumes.isEmpty { codes += ["too-large", "unsupported-media-type"] }
        if route.hasBody { codes.append("unknown-member") }
        if route.rule.idempotent {
            codes += ["idempotency-key-missing", "idempotency-key-invalid", "idempotency-key-reused"]
        }
        let own = route.problems.map(\.code)
        return contract.problems.filter { codes.contains($0.code) || own.contains($0.code) }
    }

    private func success() throws -> (String, JSONNode) {
        var members: [(String, JSONNode)] = [("description", .string(Self.titles[route.status] ?? "Done."))]
        if route.method.serverStreaming {
            let prose =
                "Server-sent events named `\(route.method.outputType.name.lowerFirst)`; each `data` is this schema."
            members = [("description", .string(prose))]
            members.append(("content", content("text/event-stream", event)))
        } else if !route.rule.produces.isEmpty {
            let isJSON = route.rule.produces == "application/json"
            let schema: [(String, JSONNode)] =
                isJSON ? [("type", "object")] : [("type", "string"), ("format", "binary")]
            members.append(("content", content(route.rule.produces, .object(schema))))
        } else if route.answersJSON {
            var types: [(String, JSONNode)] = [
                ("application/json", .object([("schema", .reference(route.method.outputType.name))]))
            ]
            if !route.rule.alsoProduces.isEmpty {
                types.append((route.rule.alsoProduces, .object([("schema", .object([("type", "string")]))])))
            }
            members.append(("content", .object(types)))
        }
        let links = try OpenAPILinks(route, contract).all()
        if !links.isEmpty { members.append(("links", .object(links))) }
        return ("\(route.status)", .object(members))
    }

    /// An event as programs see it once it is parsed.
    private var event: JSONNode {
        let text: JSONNode = .object([("type", "string")])
        let data: JSONNode = .object([
            ("type", "string"), ("contentMediaType", "application/json"),
            ("contentSchema", .reference(route.method.outputType.name)),
        ])
        return .object([
            ("type", "object"), ("properties", .object([("event", text), ("id", text), ("data", data)])),
        ])
    }

    private func content(_ type: String, _ schema: JSONNode) -> JSONNode {
        .object([(type, .object([("schema", schema)]))])
    }

    private func refusal(_ problems: [PublicProblem]) -> JSONNode {
        let sentences = problems.map { "`\($0.code)`: \($0.rule.english)" }
        return .object([
            ("description", .string(sentences.joined(separator: " "))),
            ("content", content("application/problem+json", .reference("Problem"))),
        ])
    }

    private static let titles = [
        200: "Done.", 201: "Made.", 202: "Taken; what comes of it comes later.", 204: "Done; no content.",
        302: "Somewhere else.",
    ]
}
