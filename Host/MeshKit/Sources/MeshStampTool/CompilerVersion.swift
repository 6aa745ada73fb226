import Glibc

/// The version of the compiler that builds the target.
enum CompilerVersion {
    /// The number after "Swift version" in what `compiler --version` prints.
    static func read(from compiler: String) throws -> String {
        let quoted = compiler.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        guard let pipe = popen("'\(quoted)' --version 2>/dev/null", "r") else {
            throw ToolError(description: "cannot run \(compiler)")
        }
        defer { pclose(pipe) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&chunk, 1, chunk.count, pipe)
            guard count > 0 else { break }
            output.append(contentsOf: chunk[..<count])
        }
        let words = String(decoding: output, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard let index = words.firstIndex(of: "version"), index + 1 < words.count else {
            throw ToolError(description: "\(compiler) --version says nothing of a version")
        }
        return String(words[index + 1])
    }
}
