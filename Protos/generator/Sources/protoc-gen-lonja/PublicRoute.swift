import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// A method of the public contract and the route that it stands at.
struct PublicRoute {
    let method: MethodDescriptor
    let rule: LonjaOptionsRoute
    let verb: String
    let path: String
    /// The service's method that answers; nil where the gateway does by hand.
    let target: MethodDescriptor?
    /// What a session key must be for; nil where nobody needs one.
    let scope: String?
    /// The problems of its own.
    let problems: [PublicProblem]

    init(_ method: MethodDescriptor, _ contract: PublicContract) throws {
        guard method.options.hasLonjaOptionsroute else {
            throw GeneratorError("\(method.fullName) has no route")
        }
        self.method = method
        rule = method.options.LonjaOptionsroute
        guard rule.access != .unspecified else {
            throw GeneratorError("\(method.fullName): the route does not say who may call it")
        }
        switch (rule.access, rule.scope) {
        case (.session, .read): scope = "read"
        case (.session, .trade): scope = "trade"
        case (.session, .account): scope = "account"
        case (.open, .unspecified): scope = nil
        case (.session, _):
            throw GeneratorError("\(method.fullName): the route does not say which session keys may call it")
        default: throw GeneratorError("\(method.fullName): a route for anybody has no scope")
        }
        switch rule.pattern {
        case .get(let path): (verb, self.path) = ("get", path)
        case .put(let path): (verb, self.path) = ("put", path)
        case .post(let path): (verb, self.path) = ("post", path)
        case .delete(let path): (verb, self.path) = ("delete", path)
        case .patch(let path): (verb, self.path) = ("patch", path)
        case nil: throw GeneratorError("\(method.fullName): the route has no path")
        }
        target = rule.calls.isEmpty ? nil : try contract.method(rule.calls)
        problems = try rule.problems.map(contract.problem)
        guard !method.clientStreaming, !method.serverStreaming || (verb == "get" && target == nil) else {
            throw GeneratorError("\(method.fullName): only a GET can stream, and it is bound by hand")
        }
        let unknown = variables.filter { name in !method.inputType.fields.contains { $0.name == name } }
        guard unknown.isEmpty else {
            throw GeneratorError("\(method.fullName): the request has no \(unknown.joined(separator: ", "))")
        }
    }

    /// The names in braces.
    var variables: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// Fields in the path.
    var pathFields: [FieldDescriptor] { method.inputType.fields.filter { variables.contains($0.name) } }

    /// Whether the rest of the request comes as JSON. A PUT whose path has all of it takes no content.
    var hasBody: Bool {
        guard rule.consumes.isEmpty else { return false }
        return switch verb {
        case "post", "patch": !method.inputType.fields.isEmpty || target != nil
        case "put": method.inputType.fields.count > variables.count
        default: false
        }
    }

    /// Fields that come as query parameters.
    var queryFields: [FieldDescriptor] {
        hasBody ? [] : method.inputType.fields.filter { !variables.contains($0.name) }
    }

    /// What a success is answered with.
    var status: Int { rule.status == 0 ? 200 : Int(rule.status) }

    /// Whether a success has JSON of the response message.
    var answersJSON: Bool { status != 204 && status != 302 && rule.produces.isEmpty && !method.serverStreaming }

    var isUnsafe: Bool { verb != "get" }

    /// The limit that counts it, as `RESTQuota` calls it; nil for what its verb says.
    var quota: String? {
        switch rule.quota {
        case .read: "read"
        case .write: "write"
        case .login: "login"
        case .mail: "mail"
        case .stream: "stream"
        case .unspecified, .UNRECOGNIZED: nil
        }
    }

    /// The media type of a success; nil where it has no content.
    var answers: String? {
        if method.serverStreaming { return "text/event-stream" }
        if !rule.produces.isEmpty { return rule.produces }
        return answersJSON ? "application/json" : nil
    }
}
