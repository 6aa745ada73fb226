import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// How services' messages are written as the public ones that are views of them, and how enums are read.
struct ViewSource {
    private let file: FileDescriptor
    private let contract: PublicContract
    private let namer: SwiftProtobufNamer

    init(_ file: FileDescriptor, _ contract: PublicContract) {
        self.file = file
        self.contract = contract
        namer = SwiftProtobufNamer(currentFile: file, protoFileToModuleMappings: ProtoFileToModuleMappings())
    }

    /// Nil when the file has no view.
    func text() throws -> String? {
        let views = try file.messages.compactMap { view in try contract.source(of: view).map { (view, $0) } }
        guard !views.isEmpty else { return nil }
        var source = SourceText(from: file, imports: ["public import RPC", "internal import SwiftProtobuf"])
        for (view, message) in views { try writer(view, message, &source) }
        let parameters = try enumsOfParameters()
        for parameter in parameters { reader(parameter, &source) }
        return source.text
    }

    private func writer(_ view: Descriptor, _ message: Descriptor, _ source: inout SourceText) throws {
        source.line()
        try source.block("extension \(namer.fullName(message: message)): JSONWritable") { source in
            source.line("/// Appends `\(view.fullName)`, every field in it.")
            try source.block("public func writeJSON(to json: inout JSONWriter)") { source in
                guard !view.fields.isEmpty else { return source.line("json.object { _ in }") }
                try source.block("json.object", taking: "json") { source in
                    for field in view.fields { try member(field, message, &source) }
                }
            }
        }
    }

    private func member(_ field: FieldDescriptor, _ message: Descriptor, _ source: inout SourceText) throws {
        guard field.type != .bytes, !field.isMap, field.realContainingOneof == nil else {
            throw GeneratorError("\(field.fullName): bytes, maps and oneofs have no form in the public API")
        }
        let from = field.options.LonjaOptionsrule.from
        let name = from.isEmpty ? field.name : from
        guard let other = message.fields.first(where: { $0.name == name }), other.isRepeated == field.isRepeated,
            other.hasPresence == field.hasPresence, other.type == field.type
        else { throw GeneratorError("\(field.fullName): \(message.fullName) has no such field \(name)") }
        if let inner = field.messageType, inner.fullName != "google.protobuf.Timestamp" {
            guard try contract.source(of: inner)?.fullName == other.messageType?.fullName else {
                throw GeneratorError("\(field.fullName) is no view of \(other.fullName)")
            }
        }
        let names = namer.messagePropertyNames(field: other, prefixed: "", includeHasAndClear: true)
        let key = "json.key(\"\(field.name.lowerCamel)\")"
        if field.isRepeated {
            source.line(key)
            source.block("json.array", taking: "json") { source in
                source.block("for element in \(names.name)") { value(other, "element", &$0) }
            }
        } else if field.hasPresence {
            source.block("if \(names.has)") { source in
                source.line(key)
                value(other, names.name, &source)
            }
        } else {
            source.line(key)
            value(other, names.name, &source)
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

    /// The services' enums that query parameters of this file's routes are of.
    private func enumsOfParameters() throws -> [EnumDescriptor] {
        var enums: [EnumDescriptor] = []
        for route in try file.services.flatMap(\.methods).map({ try PublicRoute($0, contract) }) {
            guard let target = route.target else { continue }
            for field in route.queryFields where field.enumType != nil {
                let other = target.inputType.fields.first { $0.name == field.name }
                if let type = other?.enumType, !enums.contains(where: { $0.fullName == type.fullName }) {
                    enums.append(type)
                }
            }
        }
        return enums
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
