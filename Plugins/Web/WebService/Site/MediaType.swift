/// What a file is, by the end of its name.
struct MediaType: Equatable {
    /// The value of `content-type`.
    let name: String
    /// Whether compressing it is worth while.
    let isText: Bool

    /// The type of a file; nil for what no build has.
    init?(ofFile file: String) {
        let end = file.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last ?? ""
        let text = "; charset=utf-8"
        switch end.lowercased() {
        case "js", "mjs": self.init("text/javascript" + text, isText: true)
        case "css": self.init("text/css" + text, isText: true)
        case "html": self.init("text/html" + text, isText: true)
        case "txt": self.init("text/plain" + text, isText: true)
        case "xml": self.init("application/xml", isText: true)
        case "json", "map": self.init("application/json", isText: true)
        case "webmanifest": self.init("application/manifest+json", isText: true)
        case "svg": self.init("image/svg+xml", isText: true)
        case "png": self.init("image/png", isText: false)
        case "jpg", "jpeg": self.init("image/jpeg", isText: false)
        case "webp": self.init("image/webp", isText: false)
        case "avif": self.init("image/avif", isText: false)
        case "ico": self.init("image/x-icon", isText: false)
        case "woff2": self.init("font/woff2", isText: false)
        default: return nil
        }
    }

    private init(_ name: String, isText: Bool) {
        self.name = name
        self.isText = isText
    }
}
