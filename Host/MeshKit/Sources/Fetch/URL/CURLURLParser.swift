internal import CSystemCURL

/// curl's own parser of URLs.
enum CURLURLParser {
    static func parse(_ text: String, base: String?) throws(FetchError) -> FetchURL {
        // Controls and spaces could be read differently by others; a backslash is, by browsers.
        guard text.utf8.count <= 16 << 10, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x5c }) else {
            throw invalid("it has characters that must be percent-encoded, or is too long")
        }
        // curl reads three slashes as two, others as an empty host.
        let afterScheme = text.drop { $0.isLetter || $0.isNumber || $0 == "+" || $0 == "-" || $0 == "." }
        guard !text.hasPrefix("///"), !afterScheme.hasPrefix(":///") else { throw invalid("it has no host") }
        let handle = try Handle()
        if let base { try handle.set(base) }
        try handle.set(text)
        guard let scheme = handle.part(CURLUPART_SCHEME)?.lowercased(), scheme == "http" || scheme == "https" else {
            throw invalid("only http and https can be fetched")
        }
        guard handle.part(CURLUPART_USER) == nil, handle.part(CURLUPART_PASSWORD) == nil else {
            throw invalid("a user in the URL is not allowed")
        }
        guard var host = handle.part(CURLUPART_HOST)?.lowercased(), !host.isEmpty else {
            throw invalid("it has no host")
        }
        // curl has decoded it.
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw invalid("the host is not ASCII") }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard handle.part(CURLUPART_ZONEID) == nil else { throw invalid("a zone in the URL is not allowed") }
        guard let port = handle.part(CURLUPART_PORT).flatMap(UInt16.init), port > 0 else {
            throw invalid("the port is none")
        }
        var target = handle.part(CURLUPART_PATH) ?? "/"
        if let query = handle.part(CURLUPART_QUERY) { target += "?" + query }
        return FetchURL(scheme: scheme, host: host, port: port, target: target)
    }

    private static func invalid(_ reason: String) -> FetchError {
        FetchError(.invalidURL, "the URL cannot be used: \(reason)")
    }

    /// Owns a CURLU.
    private final class Handle {
        private let pointer: OpaquePointer

        init() throws(FetchError) {
            try CURLLibrary.require()
            guard let pointer = curl_url() else { throw FetchError(.internalError, "out of memory") }
            self.pointer = pointer
        }

        deinit {
            curl_url_cleanup(pointer)
        }

        func set(_ text: String) throws(FetchError) {
            let code = curl_url_set(pointer, CURLUPART_URL, text, 0)
            guard code == CURLUE_OK else { throw invalid(String(cString: curl_url_strerror(code))) }
        }

        func part(_ part: CURLUPart) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(pointer, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else {
                return nil
            }
            defer { curl_free(text) }
            return String(cString: text)
        }
    }
}
