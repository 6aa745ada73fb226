import Glibc

/// All bytes of the file at `path`.
func readFile(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw ToolError(description: "cannot read \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        guard count > 0 else { return bytes }
        bytes.append(contentsOf: chunk[..<count])
    }
}

/// Leaves the file alone when it already says `text`: a newer date alone would compile the target again.
func writeIfDifferent(_ text: String, to path: String) throws {
    let bytes = Array(text.utf8)
    if let old = try? readFile(path), old == bytes { return }
    guard let file = fopen(path, "wb") else { throw ToolError(description: "cannot write \(path)") }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else { throw ToolError(description: "cannot write \(path)") }
}
