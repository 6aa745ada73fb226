/// The declaration of one configuration key. A key that nobody declares is refused.
///
/// A key is dotted, each part in lowerCamelCase: `market.replay.dayLength`. Its environment variable is `LONJA_`, then
/// the parts in upper case joined by `_`, with a further `_` before each inner capital:
/// `LONJA_MARKET_REPLAY_DAY_LENGTH`. Its secret file is named by the dotted key.
public struct Setting: Sendable {
    /// What a value must be.
    public enum Kind: String, Sendable {
        /// Any text.
        case string
        /// A whole number of 64 bits.
        case int
        /// `true` or `false`.
        case bool
        /// A finite number.
        case double
        /// A whole number and a unit: `us`, `ms`, `s`, `m`, `h` or `d`.
        case duration
        /// Texts: a sequence in YAML, separated by commas elsewhere.
        case list
        /// A text that is never shown.
        case secret
    }

    /// The dotted key.
    public let key: String
    /// What its value must be.
    public let kind: Kind
    /// One line for people: what it does, and its unit.
    public let doc: String
    /// The value if no source gives one, in the text that a source would use; nil for none.
    public let defaultText: String?
    /// Whether start-up is refused when no source gives a value.
    public let isRequired: Bool
    /// The only texts that are accepted; empty for any.
    public let choices: [String]
    /// The only numbers that are accepted, or seconds for a duration; nil for any.
    public let range: ClosedRange<Double>?

    /// The name of the environment variable.
    public let variable: String

    private init(
        _ kind: Kind,
        _ key: String,
        _ doc: String,
        default defaultText: String?,
        required: Bool,
        choices: [String] = [],
        range: ClosedRange<Double>? = nil
    ) {
        self.key = key
        self.kind = kind
        self.doc = doc
        self.defaultText = defaultText
        self.choices = choices
        self.range = range
        isRequired = required
        precondition(SettingKey.isValid(self.key), "\(key) is not a dotted lowerCamelCase key")
        variable = SettingKey.variable(of: self.key)
        if let defaultText, (try? value(of: .text(defaultText))) == nil {
            preconditionFailure("the default of \(key) is not one of its own values")
        }
    }

    /// A text, one of `choices` if there are any.
    public static func string(
        _ key: String,
        default value: String? = nil,
        required: Bool = false,
        choices: [String] = [],
        _ doc: String
    ) -> Setting {
        Setting(.string, key, doc, default: value, required: required, choices: choices)
    }

    /// A whole number within `range`.
    public static func int(
        _ key: String,
        default value: Int? = nil,
        required: Bool = false,
        range: ClosedRange<Int>? = nil,
        _ doc: String
    ) -> Setting {
        let range = range.map { Double($0.lowerBound)...Double($0.upperBound) }
        return Setting(.int, key, doc, default: value.map(String.init), required: required, range: range)
    }

    /// `true` or `false`.
    public static func bool(
        _ key: String,
        default value: Bool? = nil,
        required: Bool = false,
        _ doc: String
    ) -> Setting {
        Setting(.bool, key, doc, default: value.map(String.init), required: required)
    }

    /// A finite number within `range`.
    public static func double(
        _ key: String,
        default value: Double? = nil,
        required: Bool = false,
        range: ClosedRange<Double>? = nil,
        _ doc: String
    ) -> Setting {
        Setting(.double, key, doc, default: value.map(\.description), required: required, range: range)
    }

    /// A duration such as `250ms` or `10s`; `range` in seconds.
    public static func duration(
        _ key: String,
        default value: String? = nil,
        required: Bool = false,
        range: ClosedRange<Double>? = nil,
        _ doc: String
    ) -> Setting {
        Setting(.duration, key, doc, default: value, required: required, range: range)
    }

    /// Texts, each one of `choices` if there are any.
    public static func list(
        _ key: String,
        default value: [String]? = nil,
        required: Bool = false,
        choices: [String] = [],
        _ doc: String
    ) -> Setting {
        Setting(.list, key, doc, default: value?.joined(separator: ","), required: required, choices: choices)
    }

    /// A text that never appears in logs, errors or `/plugins`.
    public static func secret(_ key: String, required: Bool = false, _ doc: String) -> Setting {
        Setting(.secret, key, doc, default: nil, required: required)
    }
}
