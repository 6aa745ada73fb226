public import Logging

/// Writes each record as one short line for people: `01:45:00.123 I market: message key=value`. Times are UTC.
public struct TextLogHandler: LogHandler {
    /// The least important level that is written.
    public var logLevel: Logger.Level
    /// Fields of every record.
    public var metadata: Logger.Metadata = [:]
    /// Asked for fields of every record; nil for none.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput
    private let colored: Bool
    private let clock: @Sendable () -> WallTime

    /// A handler for the logger `label`; `colored` for a terminal that understands escape sequences.
    public init(
        label: String,
        level: Logger.Level = .info,
        colored: Bool = false,
        output: LogOutput = .standardError,
        clock: @escaping @Sendable () -> WallTime = { WallTime.now() }
    ) {
        self.label = label
        self.output = output
        self.colored = colored
        self.clock = clock
        logLevel = level
    }

    /// One field of every record.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one record. Blocks only if the output does.
    public func log(event: LogEvent) {
        let time = clock().rfc3339(digits: 3).dropFirst(11).dropLast()
        let letter = event.level.rawValue.prefix(1).uppercased()
        let mark = colored ? "\u{1B}[\(Self.color(event.level))m\(letter)\u{1B}[0m" : letter
        var line = "\(time) \(mark) \(Self.plain(label)): \(Self.plain(event.message.description))"
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += " \(Self.plain(key))=\(Self.quoted("\(value)"))"
        }
        output.line(Array((line + "\n").utf8))
    }

    private static func color(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 90
        case .info: 32
        case .notice: 36
        case .warning: 33
        case .error, .critical: 31
        }
    }

    /// Quotes what has spaces.
    private static func quoted(_ text: String) -> String {
        let text = plain(text)
        return text.isEmpty || text.contains(" ") ? "\"\(text)\"" : text
    }

    /// One line, and no escape sequences of strangers in the terminal.
    private static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            result += isControl(scalar) ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
