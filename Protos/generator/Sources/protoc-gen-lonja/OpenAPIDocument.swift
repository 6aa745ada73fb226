import SwiftProtobufPluginLibrary

/// The public contract as an OpenAPI 3.1 document.
struct OpenAPIDocument {
    private let contract: PublicContract
    private let routes: [PublicRoute]
    private let schemas: OpenAPISchemas

    init(_ contract: PublicContract) throws {
        self.contract = contract
        routes = try contract.routes
        schemas = OpenAPISchemas(contract)
    }

    func text() throws -> String {
        JSONNode.object([
            ("openapi", "3.1.0"),
            (
                "info",
                .object([
                    ("title", "Lonja"),
                    ("version", "1.0.0"),
                    (
                        "description",
                        .string(
                            "Stock paper trading. Amounts are decimal strings, times are RFC 3339 in UTC, lists have a"
                                + " cursor, and every refusal is application/problem+json with a code of the catalogue."
                        )
                    ),
                ])
            ),
            ("servers", .array([.object([("url", "/")])])),
            ("tags", .array(contract.files.flatMap(\.services).map(tag))),
            ("paths", .object(try paths())),
            (
                "components",
                .object([
                    ("schemas", .object(schemas.all())),
                    ("responses", .object(OpenAPIResponses.shared(routes, contract))),
                    ("securitySchemes", .object(Self.securitySchemes)),
                ])
            ),
            ("x-problems", .object(contract.problems.map { ($0.code, problem($0)) })),
        ]).text() + "\n"
    }

    private func tag(_ service: ServiceDescriptor) -> JSONNode {
        .object([("name", .string(service.name)), ("description", .string(service.prose))])
    }

    private func problem(_ problem: PublicProblem) -> JSONNode {
        .object([
            ("status", .number(Int64(problem.rule.status))),
            ("grpc", .string(problem.rule.grpc)),
            ("en", .string(problem.rule.english)),
            ("es", .string(problem.rule.spanish)),
            ("advice", .string(problem.rule.advice)),
            ("adviceEs", .string(problem.rule.adviceSpanish)),
        ])
    }

    /// Cookies are called `lonja` on a plain origin, which only this machine is.
    private static let securitySchemes: [(String, JSONNode)] = [
        (
            "cookie",
            .object([
                ("type", "apiKey"), ("in", "cookie"), ("name", "__Host-lonja"),
                (
                    "description",
                    "Set by login; called `lonja` on http://localhost. What changes something needs X-CSRF-Token."
                ),
            ])
        ),
        (
            "key",
            .object([
                ("type", "http"), ("scheme", "bearer"), ("bearerFormat", "JWT"),
                (
                    "description",
                    .string(
                        "A session key (POST /api/v1/auth/session-keys), for programs. It has some of three scopes, and"
                            + " each operation says which it needs: `read` looks, `trade` changes orders, the wallet and"
                            + " the watchlist, `account` changes the profile and the sessions and takes all data."
                    )
                ),
            ])
        ),
    ]

    private func paths() throws -> [(String, JSONNode)] {
        var paths: [(String, [(String, JSONNode)])] = []
        for route in routes {
            let operation = (route.verb, try self.operation(route))
            if let index = paths.firstIndex(where: { $0.0 == route.path }) {
                paths[index].1.append(operation)
            } else {
                paths.append((route.path, [operation]))
            }
        }
        return paths.map { ($0.0, .object($0.1)) }
    }

    private func operation(_ route: PublicRoute) throws -> JSONNode {
        let prose = route.method.prose
        let summary = prose.split(separator: ".", maxSplits: 1).first.map(String.init) ?? prose
        var members: [(String, JSONNode)] = [
            ("operationId", .string(route.method.name.lowerFirst)),
            ("tags", .strings([route.method.service.name])),
            ("summary", .string(summary)),
            ("description", .string(prose)),
        ]
        let parameters = self.parameters(route)
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = body(route) { members.append(("requestBody", body)) }
        members.append(("responses", .object(try OpenAPIResponses(route, contract).all())))
        let security: [(String, JSONNode)] =
            route.scope.map { [("cookie", .array([])), ("key", .strings([$0]))] } ?? []
        members.append(("security", .array(security.map { JSONNode.object([$0]) })))
        return .object(members)
    }

    private func parameters(_ route: PublicRoute) -> [JSONNode] {
        var parameters =
            route.pathFields.map { parameter($0, "path") } + route.queryFields.map { parameter($0, "query") }
        if route.isUnsafe, route.rule.access == .session {
            parameters.append(
                header(
                    "X-CSRF-Token",
                    "The `csrfToken` of the session; not needed with a session key.",
                    required: false
                )
            )
        }
        if route.rule.idempotent {
            parameters.append(
                header(
                    "Idempotency-Key",
                    "A new random one for each intent: a repeated request with it has the answer of the first.",
                    required: true
                )
            )
        }
        return parameters
    }

    private func header(_ name: String, _ description: String, required: Bool) -> JSONNode {
        // What is not required is not looked at either where a session key goes along.
        let limits: [(String, JSONNode)] =
            required ? [("minLength", .number(1)), ("maxLength", .number(255)), ("pattern", "^[!-~]+$")] : []
        return .object([
            ("name", .string(name)), ("in", "header"), ("description", .string(description)),
            ("required", .bool(required)), ("schema", .object([("type", "string")] + limits)),
            ("example", .string(required ? "5f0c2f4e-6a35-4a9b-8a0b-8d0c8f3f2d11" : "OIwhUCCS9-o0nsbM9H2l7w")),
        ])
    }

    private func parameter(_ field: FieldDescriptor, _ place: String) -> JSONNode {
        var members: [(String, JSONNode)] = [
            ("name", .string(field.name.lowerCamel)), ("in", .string(place)),
            ("required", .bool(place == "path" || field.options.LonjaOptionsrule.required)),
        ]
        let prose = field.prose
        if !prose.isEmpty { members.append(("description", .string(prose))) }
        if field.isRepeated {
            members += [("style", "form"), ("explode", .bool(false))]
        }
        members.append(("schema", schemas.input(field)))
        return .object(members)
    }

    private func body(_ route: PublicRoute) -> JSONNode? {
        if !route.rule.consumes.isEmpty {
            let binary = JSONNode.object([("schema", .object([("type", "string"), ("format", "binary")]))])
            return .object([
                ("required", .bool(true)), ("content", .object(route.rule.consumes.map { ($0, binary) })),
            ])
        }
        guard route.hasBody else { return nil }
        let schema = JSONNode.reference(route.method.inputType.name)
        return .object([
            ("required", .bool(true)),
            ("content", .object([("application/json", .object([("schema", schema)]))])),
        ])
    }
}

extension ProvidesSourceCodeLocation {
    /// The comment of the declaration as one paragraph.
    var prose: String {
        protoSourceComments(commentPrefix: "").split(separator: "\n")
            .map { String($0.trimmingPrefix(while: \.isWhitespace)) }.joined(separator: " ")
    }
}
