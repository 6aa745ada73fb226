import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The public routes of a file's methods, and the JSON of what they answer.
struct RouteSource {
    private let file: FileDescriptor
    private let namer: SwiftProtobufNamer
    private let surface: PublicSurface

    init(_ file: FileDescriptor, _ surface: PublicSurface) {
        self.file = file
        self.surface = surface
        namer = SwiftProtobufNamer(
            currentFile: file,
            protoFileToModuleMappings: ProtoFileToModuleMappings()
        )
    }

    /// Nil when nothing of the file is public.
    func text() throws -> String? {
        let routed = file.services.filter { $0.methods.contains(where: \.options.hasLonjaOptionshttp) }
        let answers = surface.answers.filter { $0.file.name == file.name }
        let parameters = surface.parameters.filter { $0.file.name == file.name }
        guard !(routed.isEmpty && answers.isEmpty && parameters.isEmpty) else { return nil }
        var imports = ["public import RPC", "internal import SwiftProtobuf"]
        if !routed.isEmpty { imports.insert("internal import HTTP", at: 0) }
        var source = SourceText(from: file, imports: imports)
        for service in routed { try routes(service, &source) }
        for message in answers { writer(message, &source) }
        for parameter in parameters { reader(parameter, &source) }
        return source.text
    }

    private func routes(_ service: ServiceDescriptor, _ source: inout SourceText) throws {
        source.line()
        try source.block("extension \(namer.base(service))Client") { source in
            source.line("/// The routes that the methods' `http` options name, in their order.")
            try source.block("public var restRoutes: [RESTRoute]") { source in
                source.line("[")
                for method in service.methods where method.options.hasLonjaOptionshttp { try route(method, &source) }
                source.line("]")
            }
        }
    }

    private func route(_ method: MethodDescriptor, _ source: inout SourceText) throws {
        let rule = method.options.LonjaOptionshttp
        let (verb, path) = rule.verbAndPath
        let request = namer.fullName(message: method.inputType)
        guard !method.clientStreaming, !method.serverStreaming || verb == "get" else {
            throw GeneratorError("\(method.fullName): only a GET can stream, and only what it answers")
        }
        let target = method.serverStreaming ? "events: \"\(path)\"" : ".\(verb), \"\(path)\""
        source.line("    RESTRoute(\(target)) { [self] request, context in")
        let bindings = try bindings(method)
        if rule.body == "*" {
            source.line("        \(bindings.isEmpty ? "let" : "var") message = try request.body(\(request).self)")
        } else {
            source.line("        \(bindings.isEmpty ? "let" : "var") message = \(request)()")
        }
        for binding in bindings { source.line("        \(binding)") }
        source.line("        try request.finish()")
        let name = method.name.lowerFirst
        if method.serverStreaming {
            source.line("        return .events { [message] events in")
            source.line("            try await \(name)(message, context) { answers in")
            let event = method.outputType.name.lowerFirst
            let send = "try await events.send(\"\(event)\", answer)"
            source.line("                for try await answer in answers { \(send) }")
            source.line("            }")
            source.line("        }")
        } else if rule.status == 204 {
            source.line("        _ = try await \(name)(message, context)")
            source.line("        return .noContent")
        } else {
            let status = rule.status == 0 ? "" : ", status: \(rule.status)"
            source.line("        return .json(try await \(name)(message, context)\(status))")
        }
        source.line("    },")
    }

    /// What fills the fields of the request from path and query.
    private func bindings(_ method: MethodDescriptor) throws -> [String] {
        let rule = method.options.LonjaOptionshttp
        let parts = rule.verbAndPath.path.split(separator: "/").filter { $0.hasPrefix("{") }
        var variables = Set(parts.map { String($0.dropFirst().dropLast()) })
        var bindings: [String] = []
        for field in method.inputType.fields {
            let property = namer.messagePropertyNames(field: field, prefixed: "", includeHasAndClear: false).name
            let json = field.name.lowerCamel
            if variables.remove(field.name) != nil {
                guard field.type == .string, !field.isRepeated else {
                    throw GeneratorError("\(field.fullName) is in the path and no string")
                }
                bindings.append("message.\(property) = try request.path(\"\(json)\")")
                continue
            }
            guard rule.body.isEmpty else { continue }
            guard let type = field.enumType.map(namer.fullName(enum:)) ?? field.restType else {
                throw GeneratorError("\(field.fullName) cannot be a query parameter")
            }
            bindings.append(
                field.isRepeated
                    ? "message.\(property) = try request.queryList(\"\(json)\", as: \(type).self)"
                    : "if let value = try request.query(\"\(json)\", as: \(type).self) { message.\(property) = value }"
            )
        }
        guard variables.isEmpty else {
            throw GeneratorError("\(method.fullName): the request has no \(variables.sorted().joined(separator: ", "))")
        }
        return bindings
    }

    private func writer(_ message: Descriptor, _ source: inout SourceText) {
        source.line()
        source.block("extension \(namer.fullName(message: message)): JSONWritable") { source in
            source.line("/// Appends the message, every field in it.")
            source.block("public func writeJSON(to json: inout JSONWriter)") { source in
                guard !message.fields.isEmpty else { return source.line("json.object { _ in }") }
                source.block("json.object", taking: "json") { source in
                    for field in message.fields { member(field, &source) }
                }
            }
        }
    }

    private func member(_ field: FieldDescriptor, _ source: inout SourceText) {
        let names = namer.messagePropertyNames(field: field, prefixed: "", includeHasAndClear: true)
        let key = "json.key(\"\(field.name.lowerCamel)\")"
        if field.isRepeated {
            source.line(key)
            source.block("json.array", taking: "json") { source in
                source.block("for element in \(names.name)") { value(field, "element", &$0) }
            }
        } else if field.hasPresence {
            source.block("if \(names.has)") { source in
                source.line(key)
                value(field, names.name, &source)
            }
        } else {
            source.line(key)
            value(field, names.name, &source)
        }
    }

    private func value(_ field: FieldDescriptor, _ name: String, _ source: inout SourceText) {
        if let type = field.enumType {
            source.line("switch \(name) {")
            for value in type.values {
                source.line("case \(namer.dottedRelativeName(enumValue: value)): json.string(\"\(value.jsonName)\")")
            }
            source.line("case .UNRECOGNIZED(let number): json.number(number)")
            source.line("}")
        } else if let message = field.messageType {
            source.line(
                message.fullName == "google.protobuf.Timestamp"
                    ? "json.timestamp(seconds: \(name).seconds, nanos: \(name).nanos)"
                    : "\(name).writeJSON(to: &json)"
            )
        } else {
            switch field.type {
            case .string: source.line("json.string(\(name))")
            case .bool: source.line("json.bool(\(name))")
            default: source.line("json.number(\(name))")
            }
        }
    }

    /// An enum as a query parameter: by the names that JSON has, the unset one aside.
    private func reader(_ type: EnumDescriptor, _ source: inout SourceText) {
        let name = namer.fullName(enum: type)
        source.line()
        source.block("extension \(name): RESTValue") { source in
            source.line("/// Reads the name that JSON has.")
            source.block("public static func parse(_ text: String) -> \(name)?") { source in
                source.line("switch text {")
                for value in type.values where value.number != 0 {
                    source.line("case \"\(value.jsonName)\": \(namer.dottedRelativeName(enumValue: value))")
                }
                source.line("default: nil")
                source.line("}")
            }
        }
    }
}

extension EnumValueDescriptor {
    /// `SESSION_OPEN` of `Session` is "open".
    var jsonName: String {
        let prefix =
            enumType.name.reduce(into: "") { text, character in
                if character.isUppercase, !text.isEmpty { text += "_" }
                text += character.uppercased()
            } + "_"
        return (name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name).lowercased().lowerCamel
    }
}

extension FieldDescriptor {
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

extension LonjaOptionsHttpRule {
    var verbAndPath: (verb: String, path: String) {
        switch pattern {
        case .get(let path): ("get", path)
        case .put(let path): ("put", path)
        case .post(let path): ("post", path)
        case .delete(let path): ("delete", path)
        case .patch(let path): ("patch", path)
        case nil: ("get", "/")
        }
    }
}
