import RPC

/// The languages that mails are written in.
enum Language {
    static let usual = "en"
    private static let all = ["en", "es"]

    /// - Throws: INVALID_ARGUMENT that names the field `language`.
    static func check(_ text: String) throws(RPCError) -> String {
        if text.isEmpty { return usual }
        guard all.contains(text) else { throw .field("language", "invalid", "must be one of en, es") }
        return text
    }

    /// The language of a tag such as `es-MX`, or the usual one.
    static func nearest(_ tag: String) -> String {
        let primary = tag.lowercased().prefix { $0 != "-" && $0 != "_" }
        return all.first { $0 == primary } ?? usual
    }
}
