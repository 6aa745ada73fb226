// Writes Stamp.swift for one target: MeshStampTool <output> <compiler> <kind> <name> <root> <file of the SDK>…
// Run by the build-tool plugin MeshStamp, which lists the same files as inputs, so that a change of one makes a new stamp.

import Glibc

let arguments = CommandLine.arguments
guard arguments.count > 6 else {
    fail("usage: MeshStampTool <output> <compiler> <kind> <name> <root> <file>…")
}
do {
    let stamp = try StampSource(
        compiler: CompilerVersion.read(from: arguments[2]),
        kind: arguments[3],
        name: arguments[4],
        sdkHash: SourceHash.hash(files: Array(arguments[6...]), root: arguments[5])
    )
    try writeIfDifferent(try stamp.text(), to: arguments[1])
} catch {
    fail("\(error)")
}

func fail(_ message: String) -> Never {
    let line = Array("error: \(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(1)
}
