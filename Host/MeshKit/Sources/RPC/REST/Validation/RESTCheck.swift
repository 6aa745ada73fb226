/// Checks values by the rules of the public contract, and finds all that are wrong rather than the first. A value.
public struct RESTCheck {
    private var wrong: [RESTError.Field] = []

    /// Nothing wrong yet.
    public init() {}

    /// Text; nil is none. One that is empty is a text as any other, but no good for what is required.
    /// - Parameters:
    ///   - length: in Unicode scalars.
    ///   - values: the only texts that are taken.
    ///   - example: what a text of the pattern looks like.
    public mutating func text(
        _ name: String,
        _ value: String?,
        isRequired: Bool = false,
        length: ClosedRange<Int>? = nil,
        pattern: RESTPattern? = nil,
        format: RESTFormat? = nil,
        values: [String] = [],
        example: String? = nil
    ) {
        guard let value, !value.isEmpty || !isRequired else {
            if isRequired { refuse(name, "required", "is required") }
            return
        }
        if let length, !length.contains(value.unicodeScalars.count) {
            let limits =
                length.lowerBound == 0 ? "at most \(length.upperBound)" : "\(length.lowerBound) to \(length.upperBound)"
            refuse(name, "length", "must have \(limits) characters")
        } else if let pattern, !pattern.matches(value) {
            refuse(name, "invalid", "must look like \(example ?? pattern.description)")
        } else if let format, !format.accepts(value) {
            refuse(name, "invalid", "must be \(format.description)")
        } else if !values.isEmpty, !values.contains(value) {
            refuse(name, "invalid", "must be \(Self.list(values))")
        }
    }

    /// A list of texts.
    /// - Parameters:
    ///   - length: of the list.
    ///   - values: the only texts that are taken.
    public mutating func list(
        _ name: String,
        _ items: [String],
        isRequired: Bool = false,
        length: ClosedRange<Int>? = nil,
        pattern: RESTPattern? = nil,
        values: [String] = [],
        example: String? = nil
    ) {
        if items.isEmpty {
            if isRequired { refuse(name, "required", "is required") }
            return
        }
        if let length, !length.contains(items.count) {
            refuse(name, "too-many", "must have at most \(length.upperBound) items")
        } else if let pattern, let first = items.first(where: { !pattern.matches($0) }) {
            refuse(
                name,
                "invalid",
                "each must look like one of \(example ?? pattern.description), not \(first.prefix(32))"
            )
        } else if !values.isEmpty, !items.allSatisfy(values.contains) {
            refuse(name, "invalid", "each must be \(Self.list(values))")
        }
    }

    /// A whole number.
    public mutating func number(_ name: String, _ value: (some BinaryInteger)?, range: ClosedRange<Int64>) {
        guard let value, !range.contains(Int64(value)) else { return }
        refuse(name, "range", "must be \(range.lowerBound) to \(range.upperBound)")
    }

    /// Members of which exactly one is given.
    public mutating func exactlyOne(_ texts: (name: String, isGiven: Bool)...) {
        guard texts.filter(\.isGiven).count != 1 else { return }
        let names = Self.list(texts.map(\.name))
        refuse(texts.first?.name ?? "", "required", "either \(names) must be given, not both")
    }

    /// - Throws: a problem that names all that is wrong.
    public func finish() throws {
        guard let first = wrong.first else { return }
        let more = wrong.count > 1 ? " (and \(wrong.count - 1) more)" : ""
        throw RESTError(400, "validation", "\(first.field): \(first.message)\(more)", fields: wrong)
    }

    private mutating func refuse(_ name: String, _ code: String, _ message: String) {
        wrong.append(RESTError.Field(field: name, code: code, message: message))
    }

    private static func list(_ values: [String]) -> String {
        guard let last = values.last, values.count > 1 else { return values.joined() }
        return values.dropLast().joined(separator: ", ") + " or " + last
    }
}
