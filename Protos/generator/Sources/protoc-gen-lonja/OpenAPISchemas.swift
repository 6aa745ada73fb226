import SwiftProtobufPluginLibrary

/// The messages of the public contract as JSON schemas.
struct OpenAPISchemas {
    private let contract: PublicContract

    init(_ contract: PublicContract) {
        self.contract = contract
    }

    /// Those that routes take or answer with, and those in them, by name.
    func all() -> [(String, JSONNode)] {
        var taken: Set<String> = []
        var answered: [String: Descriptor] = [:]
        var bodies: [String: Descriptor] = [:]
        for route in (try? contract.routes) ?? [] {
            if route.hasBody { bodies[route.method.inputType.name] = route.method.inputType }
            if route.answersJSON || route.method.serverStreaming { collect(route.method.outputType, &answered) }
        }
        taken.formUnion(bodies.keys)
        var schemas = bodies.map { ($0.key, body($0.value)) } + answered.map { ($0.key, answer($0.value)) }
        schemas.append(("Problem", problem))
        return schemas.sorted { $0.0 < $1.0 }
    }

    /// A parameter.
    func input(_ field: FieldDescriptor) -> JSONNode {
        .object(field.isRepeated ? list(field) : scalar(field, isInput: true))
    }

    private func list(_ field: FieldDescriptor) -> [(String, JSONNode)] {
        let rule = field.options.LonjaOptionsrule
        var members: [(String, JSONNode)] = [("type", "array")]
        var item = scalar(field, isInput: true).filter {
            $0.0 != "maxLength" && $0.0 != "minLength" && $0.0 != "example"
        }
        item.removeAll { $0.0 == "examples" }
        members.append(("items", .object(item)))
        if rule.required { members.append(("minItems", .number(1))) }
        if rule.maxLength > 0 { members.append(("maxItems", .number(Int64(rule.maxLength)))) }
        let examples = rule.example.split(separator: ",").map(String.init)
        if !examples.isEmpty { members.append(("examples", .array([.strings(examples)]))) }
        return members
    }

    private func collect(_ message: Descriptor, _ found: inout [String: Descriptor]) {
        guard !message.fullName.hasPrefix("google.protobuf."), found[message.name] == nil else { return }
        found[message.name] = message
        for inner in message.fields.compactMap(\.messageType) { collect(inner, &found) }
    }

    private func body(_ message: Descriptor) -> JSONNode {
        let required = message.fields.filter { $0.options.LonjaOptionsrule.required }.map(\.name.lowerCamel)
        return object(message, required: required, closed: true)
    }

    private func answer(_ message: Descriptor) -> JSONNode {
        let required = message.fields.filter { $0.isRepeated || !$0.hasPresence }.map(\.name.lowerCamel)
        return object(message, required: required, closed: false)
    }

    private func object(_ message: Descriptor, required: [String], closed: Bool) -> JSONNode {
        var members: [(String, JSONNode)] = [("type", "object")]
        let prose = message.prose
        if !prose.isEmpty { members.append(("description", .string(prose))) }
        members.append(("properties", .object(message.fields.map { ($0.name.lowerCamel, property($0, closed)) })))
        if !required.isEmpty { members.append(("required", .strings(required))) }
        members.append(("additionalProperties", .bool(false)))
        let alternatives = message.exactlyOne.map { JSONNode.object([("required", .strings([$0.lowerCamel]))]) }
        if !alternatives.isEmpty { members.append(("oneOf", .array(alternatives))) }
        return .object(members)
    }

    private func property(_ field: FieldDescriptor, _ isInput: Bool) -> JSONNode {
        var value: [(String, JSONNode)]
        if let message = field.messageType, message.fullName != "google.protobuf.Timestamp" {
            value = [("$ref", .string("#/components/schemas/\(message.name)"))]
        } else {
            value = scalar(field, isInput: isInput)
        }
        if field.isRepeated {
            value = isInput && field.messageType == nil ? list(field) : [("type", "array"), ("items", .object(value))]
        }
        let prose = field.prose
        if !prose.isEmpty { value.append(("description", .string(prose))) }
        return .object(value)
    }

    private func scalar(_ field: FieldDescriptor, isInput: Bool) -> [(String, JSONNode)] {
        let rule = field.options.LonjaOptionsrule
        var members: [(String, JSONNode)] = []
        if let type = field.enumType {
            let names = type.values.filter { $0.number != 0 || !isInput }.map(\.jsonName)
            return [("type", "string"), ("enum", .strings(names))]
        }
        if field.messageType != nil {
            return [("type", "string"), ("format", "date-time"), ("examples", .strings(["2026-11-27T14:30:00.000Z"]))]
        }
        switch field.type {
        case .bool: return [("type", "boolean")]
        case .string: members.append(("type", "string"))
        default:
            members = [("type", "integer"), ("format", field.type == .int64 ? "int64" : "int32")]
            if rule.hasMinimum { members.append(("minimum", .number(rule.minimum))) }
            if rule.hasMaximum { members.append(("maximum", .number(rule.maximum))) }
            if let number = Int64(rule.example) { members.append(("examples", .array([.number(number)]))) }
            return members
        }
        let values = rule.values.filter { !$0.isEmpty }
        if !values.isEmpty {
            members.append(("enum", .strings(values)))
            if !rule.required, !field.isRepeated, rule.values.first?.isEmpty == false {
                members.append(("default", .string(rule.values[0])))
            }
        }
        if isInput, rule.required || rule.minLength > 0 || message(of: field).contains(field.name) {
            members.append(("minLength", .number(Int64(max(1, rule.minLength)))))
        }
        if rule.maxLength > 0 { members.append(("maxLength", .number(Int64(rule.maxLength)))) }
        if !rule.pattern.isEmpty { members.append(("pattern", .string(rule.pattern))) }
        if let (format, pattern) = Self.formats[rule.format] {
            if let format { members.append(("format", .string(format))) }
            if let pattern { members.append(("pattern", .string(pattern))) }
        }
        if rule.secret { members.append(("writeOnly", .bool(true))) }
        if !rule.example.isEmpty, !rule.secret { members.append(("examples", .strings([rule.example]))) }
        return members
    }

    private func message(of field: FieldDescriptor) -> [String] { field.containingType.exactlyOne }

    private static let formats: [String: (format: String?, pattern: String?)] = [
        "decimal": (nil, #"^-?[0-9]+(\.[0-9]+)?$"#), "date": ("date", nil), "email": ("email", nil),
        "uuid": ("uuid", nil),
    ]

    private var problem: JSONNode {
        let text = JSONNode.object([("type", "string")])
        let field = JSONNode.object([
            ("type", "object"),
            ("properties", .object([("field", text), ("code", text), ("message", text)])),
            ("required", .strings(["field", "code", "message"])),
            ("additionalProperties", .bool(false)),
        ])
        return .object([
            ("type", "object"),
            ("description", "Why not (RFC 9457)."),
            (
                "properties",
                .object([
                    (
                        "type",
                        .object([
                            ("type", "string"), ("format", "uri-reference"),
                            ("description", "Where the code is explained."),
                            ("examples", .strings(["/docs#problem-not-found"])),
                        ])
                    ),
                    ("title", text), ("status", .object([("type", "integer")])),
                    ("code", .object([("type", "string"), ("enum", .strings(contract.problems.map(\.code)))])),
                    ("detail", text), ("requestId", text), ("errors", .object([("type", "array"), ("items", field)])),
                ])
            ),
            ("required", .strings(["type", "title", "status", "code", "detail"])),
            ("additionalProperties", .bool(false)),
        ])
    }
}
