/// A mail as its author thinks of it: a subject and a few blocks, written once for text and for HTML.
struct Letter: Sendable, Equatable {
    /// One part of a letter.
    enum Block: Sendable, Equatable {
        case paragraph(String)
        /// A code to type in, already in groups.
        case code(String)
        /// A link, and what it does.
        case link(String, title: String)
        /// Something in small type.
        case note(String)
    }

    /// One line, without anything from outside.
    let subject: String
    /// What lists of mails show beside the subject.
    let preview: String
    /// "Hello Ana,"
    let greeting: String
    let blocks: [Block]
    /// "The Lonja team"
    let signature: String
    /// Why this mail came, in small type.
    let footer: String
    let language: MailLanguage
}
