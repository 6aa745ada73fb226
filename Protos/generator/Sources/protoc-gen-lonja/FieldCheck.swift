import SwiftProtobufPluginLibrary

/// The calls that check a value by its field's rule.
struct FieldCheck {
    let lines: [String]

    init(_ field: FieldDescriptor, value: String, _ patterns: PatternTable) {
        let rule = field.options.LonjaOptionsrule
        let name = field.name.lowerCamel
        var arguments: [String] = []
        if rule.required { arguments.append("isRequired: true") }
        let isAlternative = field.containingType.exactlyOne.contains(field.name)
        let least = max(rule.minLength, isAlternative ? 1 : 0)
        if least > 0 || rule.maxLength > 0 {
            let upper = rule.maxLength > 0 ? "\(rule.maxLength)" : "Int.max"
            arguments.append("length: \(least)...\(upper)")
        }
        if !rule.pattern.isEmpty { arguments.append("pattern: \(patterns.name(rule.pattern))") }
        if !rule.format.isEmpty { arguments.append("format: .\(rule.format)") }
        let values = rule.values.filter { !$0.isEmpty }
        if !values.isEmpty { arguments.append("values: [\(values.map { "\"\($0)\"" }.joined(separator: ", "))]") }
        if !rule.example.isEmpty, !rule.pattern.isEmpty { arguments.append("example: \"\(rule.example)\"") }
        if rule.hasMinimum || rule.hasMaximum {
            let lower = rule.hasMinimum ? "\(rule.minimum)" : "Int64.min"
            let upper = rule.hasMaximum ? "\(rule.maximum)" : "Int64.max"
            arguments.append("range: \(lower)...\(upper)")
        }
        let all = ([#""\#(name)""#, value] + arguments).joined(separator: ", ")
        switch field.type {
        case .string where !arguments.isEmpty && field.isRepeated: lines = ["check.list(\(all))"]
        case .string where !arguments.isEmpty: lines = ["check.text(\(all))"]
        case .int32, .int64:
            lines = arguments.isEmpty ? [] : ["check.number(\(all))"]
        default: lines = []
        }
    }
}
