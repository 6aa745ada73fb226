/// Where a browser may be sent.
enum LocalPath {
    /// The path if it is one of ours, else "/". Auth has checked it already; what goes into a field is checked again.
    ///
    /// "//evil" and "/\evil" name another host, and browsers drop tabs and line breaks before they look.
    static func checked(_ path: String) -> String {
        let bytes = Array(path.utf8)
        let isOurs =
            bytes.first == 0x2f && bytes.count <= 2048
            && (bytes.count == 1 || (bytes[1] != 0x2f && bytes[1] != 0x5c))
            && bytes.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x5c }
        return isOurs ? path : "/"
    }

    /// The address if it can stand in a field, and is http or https.
    static func header(_ location: String) -> String? {
        guard location.hasPrefix("https://") || location.hasPrefix("http://"),
            location.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        return location
    }
}
