/// One node of a YAML document, its aliases put in.
struct YAMLNode {
    indirect enum Content {
        /// Nothing at all, `~` or `null`.
        case null
        case scalar(String)
        case sequence([YAMLNode])
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    /// Where it begins, from 1.
    let line: Int
    let content: Content

    /// The text of a scalar; nil for anything else.
    var text: String? {
        if case .scalar(let text) = content { text } else { nil }
    }
}

/// A text that is not YAML, or more than configuration may be.
struct YAMLFailure: Error, CustomStringConvertible {
    /// From 1.
    let line: Int
    let why: String

    var description: String { "line \(line): \(why)" }
}
