@testable import RPC

/// JSON: what is read and written again reads the same, with our writer's escapes.
func fuzzJSON(_ input: [UInt8]) {
    guard let value = JSONValue(parsing: input, maximumBytes: 1 << 16) else { return }
    hold(depth(value) <= 32, "at most 32 levels")
    var written: [UInt8] = []
    write(value, to: &written)
    same(JSONValue(parsing: written, maximumBytes: .max), value, "read, and written and read again")
    hold(JSONValue(parsing: written + [UInt8(ascii: "x")], maximumBytes: .max) == nil, "nothing may stand behind it")
    hold(JSONValue(parsing: input, maximumBytes: input.count - 1) == nil, "the size is limited")
}

private func depth(_ value: JSONValue) -> Int {
    switch value {
    case .array(let items): 1 + (items.map(depth).max() ?? 0)
    case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
    default: 0
    }
}

private func write(_ value: JSONValue, to bytes: inout [UInt8]) {
    func text(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(text)
        return writer.bytes
    }
    func separated(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.joined(separator: [UInt8(ascii: ",")])) }
    switch value {
    case .null: bytes += Array("null".utf8)
    case .bool(let value): bytes += Array("\(value)".utf8)
    case .number(let digits): bytes += Array(digits.utf8)
    case .string(let string): bytes += text(string)
    case .array(let items):
        let parts = items.map { item in
            var part: [UInt8] = []
            write(item, to: &part)
            return part
        }
        bytes += [UInt8(ascii: "[")] + separated(parts) + [UInt8(ascii: "]")]
    case .object(let members):
        let parts = members.map { name, member in
            var part = text(name) + [UInt8(ascii: ":")]
            write(member, to: &part)
            return part
        }
        bytes += [UInt8(ascii: "{")] + separated(parts) + [UInt8(ascii: "}")]
    }
}
