/// The text of a page, in which the server says language and theme before a browser paints anything. A value.
struct PageText {
    private static let theme = Array("data-theme=\"auto\"".utf8)
    private let before: [UInt8]
    private let after: [UInt8]
    /// Every path below /assets/ that the page names.
    let assets: Set<String>

    /// Reads a page of the build, whose `<html>` has the language and `data-theme="auto"`.
    init(_ html: [UInt8], _ language: PageLanguage, file: String) throws(SiteError) {
        let text = String(decoding: html, as: UTF8.self)
        guard let begin = Self.find(Array("<html".utf8), in: html, from: 0),
            let end = html[begin...].firstIndex(of: UInt8(ascii: ">"))
        else { throw SiteError("\(file) has no <html>") }
        let lang = Self.find(Array("lang=\"\(language.rawValue)\"".utf8), in: html, from: begin)
        guard let lang, lang < end else {
            throw SiteError("\(file): <html> does not say lang=\"\(language.rawValue)\"")
        }
        guard let theme = Self.find(Self.theme, in: html, from: begin), theme < end else {
            throw SiteError("\(file): <html> does not say data-theme=\"auto\"")
        }
        before = Array(html[..<theme])
        after = Array(html[(theme + Self.theme.count)...])
        assets = Set(
            text.split(separator: "\"").lazy.filter { $0.hasPrefix("/assets/") }.map { String($0.dropFirst(8)) }
        )
    }

    /// The page in a theme.
    /// - Parameter more: attributes of `<html>` beside it, each with a space before it.
    func bytes(_ theme: PageTheme, more: String = "") -> [UInt8] {
        before + Array("data-theme=\"\(theme.rawValue)\"\(more)".utf8) + after
    }

    private static func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= wanted.count + start else { return nil }
        return (start...(bytes.count - wanted.count)).first { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }
}
