import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The public routes of a file's methods, and the JSON of what they answer.
struct RouteSource {
    private let file: FileDescriptor
    private let namer: SwiftProtobufNamer

    init(_ file: FileDescriptor) {
        self.file = file
        namer = SwiftProtobufNamer(
            currentFile: file,
            protoFileToModuleMappings: ProtoFileToModuleMappings()
        )
    }

    /// Nil when no method has a route.
    func text() -> String? {
        var source = SourceText(from: file, imports: ["internal import HTTP", "public import RPC", "internal import SwiftProtobuf"])
        var answers: [Descriptor] = []
        for service in file.services {
            let routed = service.methods.filter { $0.options.hasLonjaOptionshttp && $0.kind == "unary" }
            guard !routed.isEmpty else { continue }
            source.line()
            source.block("extension \(namer.base(service))Client") { source in
                source.line("/// The routes that the methods' `http` options name, in their order.")
                source.block("public var restRoutes: [RESTRoute]") { source in
                    source.line("[")
                    for method in routed { route(method, &source) }
                    source.line("]")
                }
            }
            for method in routed { collect(method.outputType, &answers) }
        }
        guard !answers.isEmpty else { return nil }
        for message in answers { writer(message, &source) }
        return source.text
    }

    private func route(_ method: MethodDescriptor, _ source: inout SourceText) {
        let rule = method.options.LonjaOptionshttp
        let (verb, path) = rule.verbAndPath
        let variables = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        let request = namer.fullName(message: method.inputType)
        source.line("    RESTRoute(.\(verb), \"\(path)\") { [self] request, context in")
        let hasBody = rule.body == "*"
        let fields = method.inputType.fields
        let isVariable = !fields.isEmpty
        if hasBody {
            source.line("        var message = try request.body(\(request).self)")
        } else {
            source.line("        \(isVariable ? "var" : "let") message = \(request)()")
        }
        for field in fields {
            let property = namer.messagePropertyNames(field: field, prefixed: "", includeHasAndClear: false).name
            let json = field.name.lowerCamel
            if variables.contains(field.name) {
                source.line("        message.\(property) = try request.path(\"\(field.name)\")")
            } else if hasBody {
                continue
            } else if field.isRepeated, let type = field.restType {
                source.line("        message.\(property) = try request.queryList(\"\(json)\", as: \(type).self)")
            } else if let type = field.restType {
                source.line("        if let value = try request.query(\"\(json)\", as: \(type).self) { message.\(property) = value }")
            }
        }
        source.line("        try request.finish()")
        source.line("        return .json(try await \(method.name.lowerFirst)(message, context))")
        source.line("    },")
    }

    /// A message and all that it holds, well-known ones aside.
    private func collect(_ message: Descriptor, _ found: inout [Descriptor]) {
        guard !message.fullName.hasPrefix("google.protobuf."), !found.contains(where: { $0.fullName == message.fullName })
        else { return }
        found.append(message)
        for field in message.fields { if let inner = field.messageType { collect(inner, &found) } }
    }

    private func writer(_ message: Descriptor, _ source: inout SourceText) {
        source.line()
        source.block("extension \(namer.fullName(message: message)): JSONWritable") { source in
            source.line("/// Appends the message, every field in it.")
            source.block("public func writeJSON(to json: inout JSONWriter)") { source in
                guard !message.fields.isEmpty else { return source.line("json.object { _ in }") }
                source.block("json.object") { source in
                    source.line("json in")
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
            source.line("json.array { json in for element in \(names.name) { \(value(field, "element")) } }")
        } else if field.hasPresence {
            source.block("if \(names.has)") { source in
                source.line(key)
                source.line(value(field, names.name))
            }
        } else {
            source.line(key)
            source.line(value(field, names.name))
        }
    }

    private func value(_ field: FieldDescriptor, _ name: String) -> String {
        switch field.type {
        case .string: return "json.string(\(name))"
        case .bool: return "json.bool(\(name))"
        case .enum:
            guard let type = field.enumType else { return "json.null()" }
            let cases = type.values.map { value in
                let text = value.name.hasPrefix(type.jsonPrefix) ? String(value.name.dropFirst(type.jsonPrefix.count)) : value.name
                return "case \(namer.dottedRelativeName(enumValue: value)): json.string(\"\(text.lowercased().lowerCamel)\")"
            }
            return "switch \(name) { \(cases.joined(separator: "; ")); case .UNRECOGNIZED(let number): json.number(number) }"
        case .message, .group:
            return field.messageType?.fullName == "google.protobuf.Timestamp"
                ? "json.timestamp(seconds: \(name).seconds, nanos: \(name).nanos)" : "\(name).writeJSON(to: &json)"
        default: return "json.number(\(name))"
        }
    }
}

extension EnumDescriptor {
    /// What its values begin with by convention: `Session` has `SESSION_OPEN`.
    var jsonPrefix: String {
        name.reduce(into: "") { text, character in
            if character.isUppercase, !text.isEmpty { text += "_" }
            text += character.uppercased()
        } + "_"
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
