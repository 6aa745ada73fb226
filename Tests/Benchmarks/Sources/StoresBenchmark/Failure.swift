internal import Glibc

/// What is wrong with how this was started, or with an answer.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Says why, and ends the process.
func fail(_ text: String) -> Never {
    let line = text + "\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
    exit(1)
}
