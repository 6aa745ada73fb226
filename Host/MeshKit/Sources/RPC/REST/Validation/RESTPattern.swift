/// A pattern of the public contract: sets of ASCII characters with counts, one after the other. The same text is a
/// regular expression, which is how the OpenAPI document shows it. A value.
///
/// Each set takes as much as it can and nothing is given back, which is enough where what follows a set is not in it.
public struct RESTPattern: Sendable, CustomStringConvertible {
    private struct Step {
        /// One bit for each character.
        var set: (low: UInt64, high: UInt64) = (0, 0)
        var counts = 1...1

        mutating func insert(_ byte: UInt8) {
            if byte < 64 { set.low |= 1 << UInt64(byte) } else { set.high |= 1 << UInt64(byte - 64) }
        }

        func contains(_ byte: UInt8) -> Bool {
            byte < 64 ? set.low >> UInt64(byte) & 1 == 1 : byte < 128 && set.high >> UInt64(byte - 64) & 1 == 1
        }
    }

    private let steps: [Step]
    /// The text.
    public let description: String

    /// - Parameter text: `^`, sets as `[A-Z0-9.-]` or single characters, each with `{n}`, `{n,m}`, `?`, `*`, `+` or
    ///   nothing behind it, `$`. Anything else is a mistake of ours.
    public init(_ text: StaticString) {
        description = text.description
        var rest = Substring(text.description)
        precondition(rest.popFirst() == "^" && rest.popLast() == "$", "\(text) has no ^ and $")
        var steps: [Step] = []
        while let character = rest.popFirst() {
            var step = Step()
            if character == "[" {
                Self.readSet(&rest, &step)
            } else {
                step.insert(Self.byte(character))
            }
            step.counts = Self.readCounts(&rest)
            steps.append(step)
        }
        self.steps = steps
    }

    /// Whether the whole text is of the pattern.
    public func matches(_ text: String) -> Bool {
        var bytes = text.utf8[...]
        for step in steps {
            var count = 0
            while count < step.counts.upperBound, let byte = bytes.first, step.contains(byte) {
                bytes.removeFirst()
                count += 1
            }
            guard count >= step.counts.lowerBound else { return false }
        }
        return bytes.isEmpty
    }

    private static func readSet(_ rest: inout Substring, _ step: inout Step) {
        while let first = rest.popFirst(), first != "]" {
            let lower = byte(first)
            if rest.first == "-", let upper = rest.dropFirst().first, upper != "]" {
                rest.removeFirst(2)
                for value in lower...byte(upper) { step.insert(value) }
            } else {
                step.insert(lower)
            }
        }
    }

    private static func readCounts(_ rest: inout Substring) -> ClosedRange<Int> {
        switch rest.first {
        case "?":
            rest.removeFirst()
            return 0...1
        case "*":
            rest.removeFirst()
            return 0...Int.max
        case "+":
            rest.removeFirst()
            return 1...Int.max
        case "{":
            let inner = rest.dropFirst().prefix { $0 != "}" }
            rest = rest.dropFirst(inner.count + 2)
            let numbers = inner.split(separator: ",").compactMap { Int($0) }
            precondition((1...2).contains(numbers.count), "{\(inner)} is no count")
            return numbers[0]...numbers[numbers.count - 1]
        default: return 1...1
        }
    }

    private static func byte(_ character: Character) -> UInt8 {
        guard let value = character.asciiValue else { preconditionFailure("\(character) is not ASCII") }
        return value
    }
}
