internal import CLazyLibraries
internal import CSystemSSL

/// OpenSSL, which is opened when the first context is made.
enum TLSLibrary {
    /// Opens it. Any thread; blocks for some milliseconds the first time.
    static func open() throws(TLSError) {
        if let problem = mesh_lazy_ssl() { throw TLSError(.library, String(cString: problem)) }
    }

    /// The first error of this thread's queue, which is emptied.
    static func takeError() -> (reason: Int32, text: String)? {
        let code = ERR_get_error()
        guard code != 0 else { return nil }
        defer { ERR_clear_error() }
        let text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
        return (ERR_GET_REASON(code), text)
    }
}
