/// The languages that mails are written in.
enum MailLanguage: String, CaseIterable, Sendable {
    case english = "en"
    case spanish = "es"

    /// The language of a tag such as `es` or `es-MX`; English for empty and for any other.
    init(tag: String) {
        self = tag.prefix { $0 != "-" && $0 != "_" }.lowercased() == "es" ? .spanish : .english
    }
}
