import Glibc

/// The variables of this process.
public enum ProcessEnvironment {
    /// Every variable; of two with one name, the first, as getenv(3) gives it.
    public static func read() -> [String: String] {
        var all: [String: String] = [:]
        var entry = environ
        while let line = entry.pointee {
            let parts = String(cString: line).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, all[String(parts[0])] == nil { all[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return all
    }
}
