import Glibc

/// Where a private server keeps its things below `LONJA_STATE`, and how its program is found.
enum PrivateServer {
    /// The longest path of a folder whose sockets still have a name (sun_path has 107 bytes).
    static let longestSocketFolder = 80

    /// The folder for sockets: `run` below the state.
    /// - Throws: `StartError` if the path is too long, or closed to the user that servers run as.
    static func socketFolder(_ state: String, _ user: ChildUser) throws(StartError) -> String {
        let folder = "\(state)/run"
        guard folder.utf8.count <= longestSocketFolder else {
            throw StartError(.usage, "LONJA_STATE=\(state) is too long for names of sockets; set it to a shorter path")
        }
        guard user.canReach(folder) else {
            throw StartError(
                .usage,
                "user \(user.name), who runs the servers since this process is root, cannot reach LONJA_STATE=\(state);"
                    + " set it to a folder that others may pass to, as /var/lib/lonja"
            )
        }
        try user.own(folder)
        return folder
    }

    /// The first of `names` in one of `folders`.
    static func find(_ names: [String], in folders: [String]) -> String? {
        for name in names {
            for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        }
        return nil
    }

    /// The folders of the search path, and those where Debian puts servers.
    static var searchPath: [String] {
        let path = ProcessEnvironment.read()["PATH"] ?? ""
        return path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") } + ["/usr/bin", "/usr/sbin"]
    }
}
