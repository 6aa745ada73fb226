internal import CLazyLibraries
internal import CSystemCURL

/// libcurl as a whole: started once, and looked at once.
enum CURLLibrary {
    private static let problem: String? = start()

    /// Starts libcurl, if that is still to be done. Any thread.
    ///
    /// - Throws: `internalError` naming what this build of libcurl lacks.
    static func require() throws(FetchError) {
        if let problem { throw FetchError(.internalError, problem) }
    }

    private static func start() -> String? {
        if let problem = mesh_lazy_curl() { return String(cString: problem) }
        if let problem = mesh_lazy_z() { return String(cString: problem) }
        guard curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK else { return "libcurl does not start" }
        guard let version = curl_version_info(CURLVERSION_TENTH)?.pointee else { return "libcurl tells no version" }
        // 7.88 brings CURLOPT_QUICK_EXIT and the others that are used here.
        guard version.version_num >= 0x075800 else {
            return "libcurl \(String(cString: version.version)) is too old; 7.88 or newer is needed"
        }
        let needed: [(Int32, String)] = [
            (CURL_VERSION_SSL, "TLS"), (CURL_VERSION_HTTP2, "HTTP/2"),
            (CURL_VERSION_ASYNCHDNS, "name look-up that does not block"), (CURL_VERSION_THREADSAFE, "thread safety"),
        ]
        let lacking = needed.filter { version.features & $0.0 == 0 }.map(\.1)
        guard lacking.isEmpty else { return "this libcurl was built without \(lacking.joined(separator: ", "))" }
        let tls = version.ssl_version.map { String(cString: $0) } ?? "none"
        guard tls.hasPrefix("OpenSSL/") else { return "this libcurl uses \(tls); the one with OpenSSL is needed" }
        return nil
    }
}
