import HTTP

/// One page, ready to be sent in each language and theme. Immutable.
struct SitePage: Sendable {
    private let variants: [Representation]

    /// Prepares the variants.
    init(_ make: (PageLanguage, PageTheme) -> Representation) {
        variants = PageLanguage.allCases.flatMap { language in PageTheme.allCases.map { make(language, $0) } }
    }

    subscript(language: PageLanguage, theme: PageTheme) -> Representation {
        let row = PageLanguage.allCases.firstIndex(of: language) ?? 0
        let column = PageTheme.allCases.firstIndex(of: theme) ?? 0
        return variants[row * PageTheme.allCases.count + column]
    }
}
