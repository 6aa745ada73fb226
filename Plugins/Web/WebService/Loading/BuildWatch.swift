/// Decides when the folder is read again. A state machine without I/O.
struct BuildWatch {
    /// What was tried last, and whether it is what is served.
    private var tried: BuildStamp?
    private var pending: BuildStamp?

    /// Begins with what the first reading saw.
    init(tried: BuildStamp?) { self.tried = tried }

    /// Looks at a stamp: whether to read now. A new one is read once it has stayed for one look, as a build that is being
    /// copied changes; what was tried is not tried again.
    mutating func shouldRead(_ stamp: BuildStamp?) -> Bool {
        guard let stamp, stamp != tried else {
            pending = nil
            return false
        }
        guard stamp == pending else {
            pending = stamp
            return false
        }
        tried = stamp
        pending = nil
        return true
    }

    /// What was read is not the build that was meant: it is to be tried again.
    mutating func forget() { tried = nil }
}
