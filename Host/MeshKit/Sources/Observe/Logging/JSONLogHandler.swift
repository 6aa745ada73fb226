public import Logging

/// Writes each record as one line of JSON: `time`, `level`, `logger`, `message`, `error` if there is one, then metadata.
///
/// Metadata keys become fields; one that would repeat a name above gets a `_` in front.
public struct JSONLogHandler: LogHandler {
    /// The least important level that is written.
    public var logLevel: Logger.Level
    /// Fields of every record.
    public var metadata: Logger.Metadata = [:]
    /// Asked for fields of every record; nil for none.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput
    private let clock: @Sendable () -> WallTime
    private static let reserved: Set<String> = ["time", "level", "logger", "message", "error"]

    /// A handler for the logger `label`.
    public init(
        label: String,
        level: Logger.Level = .info,
        output: LogOutput = .standardError,
        clock: @escaping @Sendable () -> WallTime = { WallTime.now() }
    ) {
        self.label = label
        self.output = output
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
        var line: [UInt8] = []
        line.reserveCapacity(256)
        line.append(contentsOf: "{\"time\":\"".utf8)
        clock().appendRFC3339(to: &line, digits: 6)
        line.append(contentsOf: "\",\"level\":\"\(event.level.rawValue)\",\"logger\":".utf8)
        JSONText.append(label, to: &line)
        line.append(contentsOf: ",\"message\":".utf8)
        JSONText.append(event.message.description, to: &line)
        if let error = event.error {
            line.append(contentsOf: ",\"error\":".utf8)
            JSONText.append("\(error)", to: &line)
        }
        for (key, value) in merged(event.metadata).sorted(by: { $0.key < $1.key }) {
            line.append(UInt8(ascii: ","))
            JSONText.append(key: Self.reserved.contains(key) ? "_" + key : key, to: &line)
            Self.append(value, to: &line)
        }
        line.append(contentsOf: "}\n".utf8)
        output.line(line)
    }

    /// The record's own fields win over the provider's, those over the logger's.
    private func merged(_ explicit: Logger.Metadata?) -> Logger.Metadata {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let explicit { all.merge(explicit) { $1 } }
        return all
    }

    private static func append(_ value: Logger.Metadata.Value, to line: inout [UInt8]) {
        switch value {
        case .string(let text):
            JSONText.append(text, to: &line)
        case .stringConvertible(let value):
            append(convertible: value, to: &line)
        case .array(let items):
            line.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                append(item, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        case .dictionary(let fields):
            line.append(UInt8(ascii: "{"))
            for (index, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                JSONText.append(key: field.key, to: &line)
                append(field.value, to: &line)
            }
            line.append(UInt8(ascii: "}"))
        }
    }

    /// Numbers and truths keep their kind; Doubles that JSON cannot write become text.
    private static func append(convertible value: any CustomStringConvertible, to line: inout [UInt8]) {
        let isPlain =
            switch value {
            case is any FixedWidthInteger, is Bool: true
            case let number as Double: number.isFinite
            default: false
            }
        if isPlain { line.append(contentsOf: value.description.utf8) } else { JSONText.append("\(value)", to: &line) }
    }
}
