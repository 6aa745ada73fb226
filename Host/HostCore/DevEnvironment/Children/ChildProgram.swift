import Glibc

/// A server program to run as a child.
struct ChildProgram: Sendable {
    /// What messages call it: "PostgreSQL".
    var name: String
    /// Absolute path of the program.
    var path: String
    /// Without the program's own name.
    var arguments: [String]
    /// Its working folder.
    var folder: String
    /// The file that its output is added to.
    var log: String
    /// Who it runs as.
    var user: ChildUser
    /// What asks it to end in order.
    var stopSignal: Int32
    /// What it gets when this process is gone.
    var orphanSignal: Int32
}
