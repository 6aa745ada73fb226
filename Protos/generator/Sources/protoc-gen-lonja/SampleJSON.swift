import SwiftProtobufPluginLibrary

/// What a message looks like, by the examples of its fields.
struct SampleJSON {
    /// A body of a request: what is required, and what has an example.
    static func request(_ message: Descriptor) -> JSONNode {
        .object(
            message.fields.compactMap { field in
                let rule = field.options.LonjaOptionsrule
                guard rule.required || !rule.example.isEmpty else { return nil }
                return (field.name.lowerCamel, value(field))
            }
        )
    }

    /// An answer: every field.
    static func answer(_ message: Descriptor) -> JSONNode {
        .object(message.fields.map { ($0.name.lowerCamel, $0.isRepeated ? .array([value($0)]) : value($0)) })
    }

    /// A value of a field, as text of a query or a path.
    static func text(_ field: FieldDescriptor) -> String? {
        let rule = field.options.LonjaOptionsrule
        if !rule.example.isEmpty { return rule.example }
        return rule.required ? "…" : nil
    }

    private static func value(_ field: FieldDescriptor) -> JSONNode {
        let rule = field.options.LonjaOptionsrule
        if let type = field.enumType { return .string(type.values.first { $0.number != 0 }?.jsonName ?? "") }
        if let message = field.messageType {
            return message.fullName == "google.protobuf.Timestamp"
                ? "2026-11-27T14:30:00.000Z" : answer(message)
        }
        switch field.type {
        case .bool: return .bool(false)
        case .string:
            if !rule.example.isEmpty { return .string(rule.example) }
            return .string(rule.values.first ?? "…")
        default: return .number(Int64(rule.example) ?? 0)
        }
    }
}
