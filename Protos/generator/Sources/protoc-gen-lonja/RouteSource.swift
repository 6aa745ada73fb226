import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The routes of a file of the public contract: each reads a request, checks it by the rules of its fields, asks a
/// service and answers with a view of what that says. What is bound by hand is a requirement of a protocol.
struct RouteSource {
    private let file: FileDescriptor
    private let contract: PublicContract
    private let namer: SwiftProtobufNamer
    private let patterns: PatternTable

    init(_ file: FileDescriptor, _ contract: PublicContract) {
        self.file = file
        self.contract = contract
        namer = SwiftProtobufNamer(currentFile: file, protoFileToModuleMappings: ProtoFileToModuleMappings())
        patterns = PatternTable(file)
    }

    /// Nil when the file has no service.
    func text() throws -> String? {
        guard !file.services.isEmpty else { return nil }
        var source = SourceText(
            from: file,
            imports: ["internal import HTTP", "public import RPC", "internal import SwiftProtobuf"]
        )
        patterns.write(to: &source)
        for service in file.services { try routes(service, &source) }
        return source.text
    }

    private func routes(_ service: ServiceDescriptor, _ source: inout SourceText) throws {
        let routes = try service.methods.map { try PublicRoute($0, contract) }
        let byHand = routes.filter { $0.target == nil }
        let clients = try clients(of: routes)
        if !byHand.isEmpty { try handlers(service, byHand, &source) }
        source.line()
        source.documentation(service.protoSourceComments(), otherwise: "The routes of `\(service.fullName)`.")
        try source.block("public struct \(service.name)Routes: Sendable") { source in
            for client in clients { source.line("private let \(client.name): \(client.type)") }
            if !byHand.isEmpty { source.line("private let handlers: any \(service.name)Handlers") }
            source.line()
            source.line("/// Routes that ask these services.")
            var parameters = clients.map { "\($0.name): \($0.type)" }
            if !byHand.isEmpty { parameters.append("handlers: any \(service.name)Handlers") }
            source.block("public init(\(parameters.joined(separator: ", ")))") { source in
                for client in clients { source.line("self.\(client.name) = \(client.name)") }
                if !byHand.isEmpty { source.line("self.handlers = handlers") }
            }
            source.line()
            source.line("/// In the order of the contract.")
            try source.block("public var all: [RESTRoute]") { source in
                source.line("[")
                for route in routes { try self.route(route, &source) }
                source.line("]")
            }
        }
    }

    private func clients(of routes: [PublicRoute]) throws -> [(name: String, type: String)] {
        var clients: [(name: String, type: String)] = []
        for target in routes.compactMap(\.target) {
            let (name, type) = client(target.service)
            if !clients.contains(where: { $0.name == name }) { clients.append((name, type)) }
        }
        return clients
    }

    private func client(_ service: ServiceDescriptor) -> (name: String, type: String) {
        (service.name.lowerFirst, "\(namer.base(service))Client")
    }

    private func handlers(_ service: ServiceDescriptor, _ routes: [PublicRoute], _ source: inout SourceText) throws {
        source.line()
        source.line(
            "/// What the gateway binds by hand of `\(service.fullName)`. Each request is read and checked by then."
        )
        try source.block("public protocol \(service.name)Handlers: Sendable") { source in
            for route in routes {
                source.documentation(route.method.protoSourceComments(), otherwise: "`\(route.method.name)`.")
                let name = route.method.name.lowerFirst
                let parameters = try reading(route, nil).parameters.map { "\($0.declaration), " }.joined()
                source.line("func \(name)(")
                source.line("    \(parameters)_ request: RESTRequest, _ context: CallContext")
                source.line(") async throws -> RESTResponse")
            }
        }
    }

    private func route(_ route: PublicRoute, _ source: inout SourceText) throws {
        let target = route.method.serverStreaming ? "events: \"\(route.path)\"" : ".\(route.verb), \"\(route.path)\""
        let access = route.scope.map { ".session(scope: \"\($0)\")" } ?? ".anybody"
        let reading = try reading(route, route.target)
        let capture = route.target.map { client($0.service).name } ?? "handlers"
        source.line("    RESTRoute(\(target), for: \(access)) { [\(capture)] request, context in")
        for line in reading.lines { source.line("        \(line)") }
        if let method = route.target {
            try answer(route, method, &source)
        } else {
            let arguments = reading.parameters.map { "\($0.argument), " }.joined()
            source.line(
                "        return try await handlers.\(route.method.name.lowerFirst)(\(arguments)request, context)"
            )
        }
        source.line("    }")
        let limit = route.rule.maxBody == 0 ? 65_536 : route.rule.maxBody
        let time = route.rule.timeout == 0 ? "" : ", timeout: .seconds(\(route.rule.timeout))"
        let cache = route.rule.cache.isEmpty ? "" : ".cached(\"\(route.rule.cache)\", tagged: \(route.rule.tagged))"
        let quota = route.quota.map { ".counted(.\($0))" } ?? ""
        let types = [route.answers ?? "", route.rule.alsoProduces].filter { !$0.isEmpty }
        let makes = types == ["application/json"] ? "" : ".making(\(types.map(\.swiftLiteral).joined(separator: ", ")))"
        let kind = route.rule.consumes.isEmpty ? "limited" : "streamed"
        source.line("    .\(kind)(maximumBody: \(limit)\(time))\(cache)\(quota)\(makes),")
    }

    private func answer(_ route: PublicRoute, _ method: MethodDescriptor, _ source: inout SourceText) throws {
        let call = "try await \(client(method.service).name).\(method.name.lowerFirst)(message, context)"
        guard route.answersJSON else {
            source.line("        _ = \(call)")
            return source.line("        return .noContent")
        }
        try check(route, method)
        let status = route.status == 200 ? "" : ", status: \(route.status)"
        guard route.method.outputType.fields.isEmpty else {
            return source.line("        return .json(\(call)\(status))")
        }
        source.line("        _ = \(call)")
        source.line("        return .emptyObject(status: \(route.status))")
    }

    /// A view of the response, or a message without fields.
    private func check(_ route: PublicRoute, _ method: MethodDescriptor) throws {
        let view: Descriptor = route.method.outputType
        guard !view.fields.isEmpty else { return }
        guard let source = try contract.source(of: view), source.fullName == method.outputType.fullName else {
            throw GeneratorError("\(route.method.fullName): \(view.name) is no view of \(method.outputType.fullName)")
        }
    }

    /// What a handler is given.
    private struct Parameter {
        let declaration: String
        let argument: String
    }

    /// What reads the request, checks it, and makes the service's request of it where there is one.
    private func reading(
        _ route: PublicRoute,
        _ method: MethodDescriptor?
    ) throws -> (lines: [String], parameters: [Parameter]) {
        var lines: [String] = []
        var checks: [String] = []
        var copies: [String] = []
        var parameters: [Parameter] = []
        let input: Descriptor? = method?.inputType
        if route.hasBody {
            let type = namer.fullName(message: route.method.inputType)
            let isUsed = method == nil || route.method.inputType.fields.contains { !route.variables.contains($0.name) }
            let numbers = route.method.inputType.fields.filter(\.isNumber).map { "\"\($0.name.lowerCamel)\"" }
            let read = numbers.isEmpty ? "" : ", numbers: [\(numbers.joined(separator: ", "))]"
            lines.append("\(isUsed ? "let body" : "_") = try request.body(\(type).self\(read))")
            parameters.append(Parameter(declaration: "_ body: \(type)", argument: "body"))
        }
        for field in route.method.inputType.fields {
            let json = field.name.lowerCamel
            let other = try input.map { try counterpart(field, in: $0) }
            let target = other.map { "message.\(swiftName($0))" }
            if route.variables.contains(field.name) {
                lines.append("let \(json) = try request.path(\"\(json)\")")
                checks += FieldCheck(field, value: json, patterns).lines
                if let target { copies.append("\(target) = \(json)") }
                parameters.append(Parameter(declaration: "\(json): String", argument: "\(json): \(json)"))
            } else if route.hasBody {
                let own = namer.messagePropertyNames(field: field, prefixed: "", includeHasAndClear: true)
                guard field.hasPresence || !field.refusesEmptyText else {
                    throw GeneratorError("\(field.fullName) must be optional: its rule tells empty text from none")
                }
                let check = FieldCheck(field, value: "body.\(own.name)", patterns).lines
                let copy = target.map { "\($0) = body.\(own.name)" }
                let has = field.hasPresence ? "if body.\(own.has) { " : ""
                let end = field.hasPresence ? " }" : ""
                checks += check.map { has + $0 + end }
                if let copy { copies.append(has + copy + end) }
            } else {
                guard let type = (other ?? field).enumType.map(namer.fullName(enum:)) ?? field.restType else {
                    throw GeneratorError("\(field.fullName) cannot be a query parameter")
                }
                let read = field.isRepeated ? "queryList" : "query"
                lines.append("let \(json) = try request.\(read)(\"\(json)\", as: \(type).self)")
                checks += FieldCheck(field, value: json, patterns).lines
                if let target {
                    copies.append(field.isRepeated ? "\(target) = \(json)" : "if let \(json) { \(target) = \(json) }")
                }
                let declared = field.isRepeated ? "[\(type)]" : "\(type)?"
                parameters.append(Parameter(declaration: "\(json): \(declared)", argument: "\(json): \(json)"))
            }
        }
        if route.hasBody, let one = try exactlyOne(route.method.inputType) { checks.append(one) }
        if !route.rule.otherParameters { lines.append("try request.finish()") }
        if !checks.isEmpty { lines += ["var check = RESTCheck()"] + checks + ["try check.finish()"] }
        if let input {
            lines.append("\(copies.isEmpty ? "let" : "var") message = \(namer.fullName(message: input))()")
        }
        return (lines + copies, parameters)
    }

    /// The check that one of several fields of a body is given.
    private func exactlyOne(_ message: Descriptor) throws -> String? {
        let names = message.exactlyOne
        guard !names.isEmpty else { return nil }
        let pairs = try names.map { name in
            guard let field = message.fields.first(where: { $0.name == name }) else {
                throw GeneratorError("\(message.fullName) has no field \(name)")
            }
            let own = namer.messagePropertyNames(field: field, prefixed: "", includeHasAndClear: true)
            return "(\"\(name.lowerCamel)\", body.\(own.has))"
        }
        return "check.exactlyOne(\(pairs.joined(separator: ", ")))"
    }

    private func counterpart(_ field: FieldDescriptor, in message: Descriptor) throws -> FieldDescriptor {
        let from = field.options.LonjaOptionsrule.from
        let name = from.isEmpty ? field.name : from
        guard let other = message.fields.first(where: { $0.name == name }), other.isRepeated == field.isRepeated,
            other.type == field.type || (other.enumType != nil && field.enumType != nil)
        else { throw GeneratorError("\(field.fullName): \(message.fullName) has no such field \(name)") }
        return other
    }

    private func swiftName(_ field: FieldDescriptor) -> String {
        namer.messagePropertyNames(field: field, prefixed: "", includeHasAndClear: false).name
    }
}

extension Descriptor {
    /// The names of the fields of which exactly one is given.
    var exactlyOne: [String] { options.LonjaOptionsexactlyOne.split(separator: ",").map(String.init) }
}

extension FieldDescriptor {
    var isNumber: Bool {
        switch type {
        case .int32, .sint32, .sfixed32, .int64, .sint64, .sfixed64: true
        default: false
        }
    }

    /// Whether an empty text, unless it is none at all, breaks the field's rule. What is required is refused either way.
    var refusesEmptyText: Bool {
        let rule = options.LonjaOptionsrule
        guard type == .string, !isRepeated, !rule.required else { return false }
        return rule.minLength > 0 || !rule.pattern.isEmpty || !rule.format.isEmpty || !rule.values.isEmpty
            || containingType.exactlyOne.contains(name)
    }

    /// The `RESTValue` that a parameter of this type is; nil if it cannot be one.
    var restType: String? {
        switch type {
        case .string: "String"
        case .int32, .sint32, .sfixed32: "Int32"
        case .int64, .sint64, .sfixed64: "Int64"
        case .bool: "Bool"
        default: nil
        }
    }
}
