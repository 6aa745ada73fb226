/// JSON that keeps the order of its members.
indirect enum JSONNode: Sendable {
    case object([(String, JSONNode)])
    case array([JSONNode])
    case string(String)
    case number(Int64)
    case bool(Bool)

    /// With two spaces a level and a line a value, unless it fits on one.
    func text(_ depth: Int = 0) -> String {
        let line = line
        if depth > 0, line.utf8.count + 2 * depth < 100 { return line }
        let inner = String(repeating: "  ", count: depth + 1)
        let outer = String(repeating: "  ", count: depth)
        switch self {
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let lines = members.map { "\(inner)\(Self.quoted($0.0)): \($0.1.text(depth + 1))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
        case .array(let values):
            guard !values.isEmpty else { return "[]" }
            return "[\n\(values.map { inner + $0.text(depth + 1) }.joined(separator: ",\n"))\n\(outer)]"
        default: return line
        }
    }

    /// On one line.
    var line: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.0)):\($0.1.line)" }.joined(separator: ",") + "}"
        case .array(let values): "[" + values.map(\.line).joined(separator: ",") + "]"
        case .string(let text): Self.quoted(text)
        case .number(let number): String(number)
        case .bool(let value): value ? "true" : "false"
        }
    }

    static func strings(_ texts: [String]) -> JSONNode { .array(texts.map(JSONNode.string)) }

    static func reference(_ schema: String) -> JSONNode {
        .object([("$ref", .string("#/components/schemas/\(schema)"))])
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSONNode: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .string(value) }
}
