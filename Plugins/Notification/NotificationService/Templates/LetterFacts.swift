/// What a letter speaks of.
struct LetterFacts: Sendable {
    let kind: MailKind
    let language: MailLanguage
    /// As it was given; letters greet by a harmless form of it.
    let name: String
    /// In groups; empty where there is none.
    let code: String
    /// Where the link leads; empty where there is none.
    let link: String
    /// How long code and link hold, from when they were asked for; nil where there are none.
    let life: LetterLife?
    /// The new address with its middle left out; empty where there is none.
    let newEmail: String
    let links: MailLinks

    /// The letter.
    var letter: Letter {
        switch language {
        case .english: EnglishLetters(facts: self).letter
        case .spanish: SpanishLetters(facts: self).letter
        }
    }

    /// A code of eight in two groups of four, any other as it is.
    static func grouped(_ code: String) -> String {
        code.count == 8 ? "\(code.prefix(4))-\(code.suffix(4))" : code
    }
}
