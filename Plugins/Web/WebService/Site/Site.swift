import HTTP

/// A build of the client, ready to be sent. Immutable; a new build is a new one.
final class Site: Sendable {
    /// What pages and files are made with.
    struct Options {
        /// Whether browsers come by https.
        var isSecure = false
        /// Where mails can be read on this machine; nil for nowhere.
        var mails: String?
    }

    /// By path: what is below /assets/, and what is at the root.
    let files: [String: Representation]
    /// Pages by path.
    let pages: PageTable<SitePage>
    /// For paths that are no page.
    let missing: SitePage
    /// For whom asks while what a page needs is away.
    let unavailable: SitePage

    /// The path of the page that says so, for whatever stands in front.
    static let unavailablePath = "/unavailable"
    /// Routes whose address holds a code, by their first step.
    private static let secretive: Set<Substring> = [
        "verify-email", "confirm-email", "reset-password", "recover", "password",
    ]

    /// Prepares everything; takes as long as compressing the pages does, so it is work for the blocking pool.
    /// - Throws: what is wrong with the build, which then cannot be served.
    init(_ contents: SiteContents, _ options: Options) throws(SiteError) {
        let description = try SiteDescription(parsing: contents.description)
        let security = SecurityFields(isSecure: options.isSecure)
        files = try Self.files(contents, security)
        let names = Set(description.prerendered.values).union(["shell", "not-found", "unavailable"])
        let texts = try Self.texts(contents, names)
        let more = options.mails.map { " data-mails=\"\($0)\"" } ?? ""
        var made: [String: [PageLanguage: [PageTheme: EncodedContent]]] = [:]
        for (name, languages) in texts {
            made[name] = languages.mapValues { text in
                var themes: [PageTheme: EncodedContent] = [:]
                for theme in PageTheme.allCases {
                    themes[theme] = EncodedContent(text.bytes(theme, more: more), isText: true)
                }
                return themes
            }
        }
        let contents = made
        func page(_ name: String, status: Int = 200, hidesAddress: Bool = false) -> SitePage {
            SitePage { language, theme in
                guard let content = contents[name]?[language]?[theme] else {
                    preconditionFailure("every page was looked for")
                }
                var fields = security.page(hidesAddress: hidesAddress)
                fields["content-type"] = "text/html; charset=utf-8"
                fields["content-language"] = language.rawValue
                fields["cache-control"] = status == 200 ? "no-cache" : "no-store"
                if status == 503 { fields["retry-after"] = "5" }
                return Representation(status: status, content, fields: fields, vary: ["accept-language", "cookie"])
            }
        }
        missing = page("not-found", status: 404)
        unavailable = page("unavailable", status: 503)
        var known: [String: SitePage] = [:]
        var pages = PageTable<SitePage>()
        for route in description.routes {
            let name = description.prerendered[route] ?? "shell"
            let first = route.split(separator: "/").first
            let isSecretive = first.map(Self.secretive.contains) ?? false
            let key = "\(name) \(isSecretive)"
            let made = known[key] ?? page(name, hidesAddress: isSecretive)
            known[key] = made
            guard pages.insert(route, made) else { throw SiteError("site.json: \(route) is no route, or there twice") }
        }
        self.pages = pages
    }

    /// The texts of pages in every language; what they name is there.
    private static func texts(
        _ contents: SiteContents,
        _ names: Set<String>
    ) throws(SiteError) -> [String: [PageLanguage: PageText]] {
        var texts: [String: [PageLanguage: PageText]] = [:]
        for name in names.sorted() {
            for language in PageLanguage.allCases {
                let file = "pages/\(language.rawValue)/\(name).html"
                guard let html = contents.pages[language]?[name] else { throw SiteError("\(file) is missing") }
                let text = try PageText(html, language, file: file)
                for asset in text.assets.sorted() where contents.assets[asset] == nil {
                    throw SiteError("\(file) names /assets/\(asset), which is missing")
                }
                texts[name, default: [:]][language] = text
            }
        }
        return texts
    }

    private static func files(
        _ contents: SiteContents,
        _ security: SecurityFields
    ) throws(SiteError) -> [String: Representation] {
        var files: [String: Representation] = [:]
        for (folder, prefix, all) in [("assets", "/assets/", contents.assets), ("root", "/", contents.root)] {
            for (name, content) in all {
                // What is compressed belongs to the file whose name it has before its end.
                let isCoded = [".br", ".gz"].contains { name.hasSuffix($0) && all[String(name.dropLast(3))] != nil }
                guard !isCoded else { continue }
                guard let type = MediaType(ofFile: name) else {
                    throw SiteError("\(folder)/\(name) is of no known type")
                }
                var coded: [ContentCoding: [UInt8]] = [:]
                coded[.brotli] = all["\(name).br"]
                coded[.gzip] = all["\(name).gz"]
                var fields = security.file(type)
                fields["content-type"] = type.name
                let isConstant = prefix == "/assets/" && AssetName.isHashed(name)
                fields["cache-control"] = isConstant ? "public, max-age=31536000, immutable" : "no-cache"
                files[prefix + name] = Representation(
                    status: 200,
                    EncodedContent(content, isText: type.isText, coded: coded),
                    fields: fields
                )
            }
        }
        return files
    }
}
