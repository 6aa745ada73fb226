import SwiftProtobufPluginLibrary

/// The patterns of the fields that a file's routes take; each is read once.
struct PatternTable {
    private let patterns: [String]

    init(_ file: FileDescriptor) {
        let fields = file.services.flatMap(\.methods).flatMap(\.inputType.fields)
        patterns = fields.map(\.options.LonjaOptionsrule.pattern).filter { !$0.isEmpty }.reduce(into: []) {
            found,
            next in
            if !found.contains(next) { found.append(next) }
        }
    }

    /// What a pattern is called in the source.
    func name(_ pattern: String) -> String {
        "Patterns.p\(patterns.firstIndex(of: pattern) ?? 0)"
    }

    func write(to source: inout SourceText) {
        guard !patterns.isEmpty else { return }
        source.line()
        source.block("private enum Patterns") { source in
            for pattern in patterns {
                source.line("static let \(name(pattern).dropFirst(9)) = RESTPattern(#\"\(pattern)\"#)")
            }
        }
    }
}
