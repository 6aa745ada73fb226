import Glibc

/// Who a child runs as: ourselves, or, where we are root, somebody with fewer rights, as PostgreSQL insists.
struct ChildUser: Sendable, Equatable {
    let user: uid_t
    let group: gid_t
    let name: String

    /// - Throws: `StartError` where we are root and there is nobody else.
    static func choose() throws(StartError) -> ChildUser {
        guard geteuid() == 0 else { return ChildUser(user: geteuid(), group: getegid(), name: "") }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return ChildUser(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, name: name)
            }
        }
        throw StartError(.usage, "root cannot run PostgreSQL, and there is no user postgres or nobody; be another user")
    }

    /// Whether it is somebody else than this process.
    var isOther: Bool { user != geteuid() }

    /// Makes a folder of its own, with nobody else let in.
    /// - Throws: `StartError` naming the folder and what to do.
    func own(_ folder: String) throws(StartError) {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw Self.failed(folder) }
        if isOther, chown(folder, user, group) != 0 { throw Self.failed(folder) }
    }

    /// Whether it can pass through every folder above `path`: those between us and it may be closed to others.
    func canReach(_ path: String) -> Bool {
        guard isOther else { return true }
        var folder = path
        while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
            folder = String(folder[..<slash])
            var status = stat()
            guard stat(folder, &status) == 0 else { return false }
            let bit: mode_t = status.st_uid == user ? 0o100 : (status.st_gid == group ? 0o010 : 0o001)
            if status.st_mode & bit == 0 { return false }
        }
        return true
    }

    private static func failed(_ folder: String) -> StartError {
        let why = String(cString: strerror(errno))
        return StartError(.usage, "\(folder) cannot be made: \(why); set LONJA_STATE to a folder of yours")
    }
}
