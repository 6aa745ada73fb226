import Observe

/// A value after it was found to be of its setting's kind.
enum SettingValue: Hashable, Sendable {
    case string(String)
    case int(Int)
    case bool(Bool)
    case double(Double)
    case duration(Duration)
    case list([String])
    case secret(Secret)
}

/// A value as a source gives it.
enum RawValue: Hashable, Sendable {
    case text(String)
    case list([String])
}

extension Setting {
    /// Why a text is no value of a setting; says nothing of the text itself.
    struct Refusal: Error {
        /// What would be accepted: "must be a whole number".
        let expected: String
    }

    /// Reads what a source gave.
    func value(of raw: RawValue) throws(Refusal) -> SettingValue {
        let text: String
        switch (raw, kind) {
        case (.list(let items), .list): return .list(try checked(items))
        case (.list, _): throw Refusal(expected: "must be a single \(kind.rawValue), not a sequence")
        case (.text(let only), _): text = only
        }
        switch kind {
        case .string: return .string(try checked([text])[0])
        case .secret: return .secret(Secret(text))
        case .list: return .list(try checked(Self.items(of: text)))
        case .bool:
            switch text {
            case "true": return .bool(true)
            case "false": return .bool(false)
            default: throw Refusal(expected: "must be true or false")
            }
        case .int:
            guard let number = Int(text) else { throw Refusal(expected: "must be a whole number") }
            try check(Double(number), unit: "")
            return .int(number)
        case .double:
            guard let number = Double(text), number.isFinite else { throw Refusal(expected: "must be a number") }
            try check(number, unit: "")
            return .double(number)
        case .duration:
            guard let duration = Self.duration(of: text) else {
                throw Refusal(expected: "must be a whole number and a unit (us, ms, s, m, h, d), such as 250ms")
            }
            let (seconds, attoseconds) = duration.components
            try check(Double(seconds) + Double(attoseconds) / 1e18, unit: " seconds")
            return .duration(duration)
        }
    }

    private func checked(_ items: [String]) throws(Refusal) -> [String] {
        guard choices.isEmpty || items.allSatisfy(choices.contains) else {
            throw Refusal(expected: "must be one of \(choices.joined(separator: ", "))")
        }
        return items
    }

    private func check(_ number: Double, unit: String) throws(Refusal) {
        guard let range, !range.contains(number) else { return }
        func plain(_ bound: Double) -> String { Int(exactly: bound).map(String.init) ?? bound.description }
        throw Refusal(expected: "must be \(plain(range.lowerBound)) to \(plain(range.upperBound))\(unit)")
    }

    /// Commas separate; spaces around an item do not belong to it; nothing at all is the empty list.
    private static func items(of text: String) -> [String] {
        let items = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingSpaces }
        return items == [""] ? [] : items
    }

    /// `250ms`, `10s`; nil for anything else, and for what overflows.
    private static func duration(of text: String) -> Duration? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard let number = Int64(String(Substring(digits))), number <= Int64.max / 86_400_000_000_000 else {
            return nil
        }
        switch text.dropFirst(digits.count) {
        case "us": return .microseconds(number)
        case "ms": return .milliseconds(number)
        case "s": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3600)
        case "d": return .seconds(number * 86_400)
        default: return nil
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
