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
        var byStatus: [Int: [PublicProblem]] = [:]
        for problem in problems { byStatus[Int(problem.rule.status), default: []].append(problem) }
        let unchanged: [(String, JSONNode)] =
            !route.rule.tagged ? [] : [("304", .object([("description", "What If-None-Match names is still so.")]))]
        let refusals =
            byStatus.map { (Int($0.key), refusal($0.value)) } + Self.unread.map { ($0.key, unread($0.value)) }
        return [try success()] + unchanged + refusals.sorted { $0.0 < $1.0 }.map { ("\($0.0)", $0.1) }
    }

    /// What is answered before a request is one, by a sentence or nothing.
    private static let unread = [414: "The request line is too long.", 431: "The header section is too long."]

    private func unread(_ sentence: String) -> JSONNode {
        .object([
            ("description", .string(sentence)), ("content", content("text/plain", .object([("type", "string")]))),
        ])
    }

    /// The route's own, and those that its kind brings.
    private var problems: [PublicProblem] {
        var codes = [
            "bad-request", "validation", "not-acceptable", "rate-limited", "internal", "unavailable", "overloaded",
            "timeout",
        ]
        if route.rule.access == .session { codes += ["unauthorized", "session-key-invalid"] }
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
