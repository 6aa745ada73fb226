import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The catalogue of problems.
struct ProblemSource {
    private let file: FileDescriptor
    private let contract: PublicContract

    init(_ file: FileDescriptor, _ contract: PublicContract) {
        self.file = file
        self.contract = contract
    }

    /// Nil when the file has no problem.
    func text() -> String? {
        let problems = file.enums.flatMap(\.values).compactMap(PublicProblem.init)
        guard !problems.isEmpty else { return nil }
        var source = SourceText(from: file, imports: ["public import RPC"])
        source.line()
        source.block("extension ProblemCatalogue") { source in
            source.line("/// Every code that the public API answers with.")
            source.line("public static let api = ProblemCatalogue([")
            for problem in problems {
                let rule = problem.rule
                let texts = [rule.english, rule.spanish, rule.advice, rule.adviceSpanish].map(\.swiftLiteral)
                source.line("    Problem(")
                source.line("        code: \"\(problem.code)\", status: \(rule.status), grpc: \"\(rule.grpc)\",")
                source.line("        english: \(texts[0]), spanish: \(texts[1]),")
                source.line("        advice: \(texts[2]), adviceSpanish: \(texts[3])")
                source.line("    ),")
            }
            source.line("])")
        }
        return source.text
    }
}

extension String {
    /// As a literal of Swift.
    var swiftLiteral: String {
        "\"" + replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
