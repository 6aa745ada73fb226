import Observe
import Plugin
import Testing

@testable import NotificationService

@Suite struct LetterTests {
    static let all = MailKind.allCases.flatMap { kind in MailLanguage.allCases.map { (kind, $0) } }
    static let links = MailLinks(origin: "https://lonja.example:8443")

    static func letter(
        _ kind: MailKind,
        _ language: MailLanguage,
        name: String = "Ana",
        code: String = "ABCD2345",
        life: LetterLife? = .minutes(10)
    ) -> Letter {
        LetterFacts(
            kind: kind,
            language: language,
            name: name,
            code: kind.showsCode ? LetterFacts.grouped(code) : "",
            link: kind.page.map { links.page($0, token: "t-o_k") } ?? "",
            life: kind.showsCode || kind.page != nil ? life : nil,
            newEmail: kind == .emailChanged ? "b…b@new.example" : "",
            links: links
        ).letter
    }

    /// Everything in `text` that begins like a link.
    static func links(in text: String) -> [String] {
        text.split { $0.isWhitespace || "\"<>".contains($0) }.map(String.init).filter { $0.contains("://") }
    }

    @Test(arguments: all)
    func everyLetterIsComplete(_ kind: MailKind, _ language: MailLanguage) {
        let letter = Self.letter(kind, language)
        #expect(!letter.subject.isEmpty && letter.subject.count <= 60)
        #expect(letter.subject.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        for text in [letter.text, letter.html] {
            #expect(text.contains("Ana"))
            #expect(text.contains("ABCD-2345") == kind.showsCode)
            #expect(text.contains("Lonja"))
            #expect(!text.contains("  \n") && !text.contains("nil") && !text.contains("Optional"))
        }
        if let page = kind.page {
            let link = "https://lonja.example:8443/\(page)?token=t-o_k"
            #expect(letter.text.split(separator: "\n").contains { $0 == link }, "on a line of its own")
            #expect(letter.html.contains("href=\"\(link)\""))
        }
        if kind.showsCode || kind.page != nil {
            #expect(letter.text.contains(language == .english ? "10 minutes" : "10 minutos"))
        }
        // What if it was not you?
        let words =
            language == .english
            ? ["not you", "did not", "not ask"] : ["no fuiste tú", "No te has", "No la has", "No lo has"]
        let lower = letter.text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains { lower.contains($0.lowercased()) })
    }

    @Test(arguments: all)
    func linksLeadToTheOriginAlone(_ kind: MailKind, _ language: MailLanguage) {
        let letter = Self.letter(kind, language, name: "http://evil.example/x www.evil.example")
        for link in Self.links(in: letter.text) + Self.links(in: letter.html) {
            #expect(link.hasPrefix("https://lonja.example:8443/"), "\(link)")
        }
        #expect(!(letter.text + letter.html).contains("evil"))
    }

    @Test(arguments: all)
    func theHTMLLoadsNothing(_ kind: MailKind, _ language: MailLanguage) {
        let html = Self.letter(kind, language).html.lowercased()
        for banned in ["<img", "<script", "<table", "<link", "<style", "src=", "url(", "@import", "<iframe", "<form"] {
            #expect(!html.contains(banned), "\(banned)")
        }
        #expect(html.contains("<html lang=\"\(language.rawValue)\">"))
        #expect(html.contains("color-scheme\" content=\"light dark\""))
    }

    @Test(arguments: all)
    func theTextIsWrapped(_ kind: MailKind, _ language: MailLanguage) {
        let letter = Self.letter(kind, language)
        for line in letter.text.split(separator: "\n", omittingEmptySubsequences: false) where !line.contains("://") {
            #expect(line.count <= 76, "\(line)")
        }
        #expect(letter.text.hasSuffix("\n") && !letter.text.hasSuffix("\n\n"))
    }

    @Test func theLanguagesDiffer() {
        for kind in MailKind.allCases {
            #expect(Self.letter(kind, .english).subject != Self.letter(kind, .spanish).subject)
        }
        #expect(["es", "ES", "es-MX", "es_AR"].allSatisfy { MailLanguage(tag: $0) == .spanish })
        #expect(["", "en", "en-GB", "de", "est", "\0"].allSatisfy { MailLanguage(tag: $0) == .english })
    }

    @Test func aWholeLetter() {
        let expected = """
            Hola, Ana:

            Has pedido una contraseña nueva para tu cuenta de Lonja. Elígela aquí:

            Elegir otra contraseña:
            https://lonja.example:8443/reset-password?token=t-o_k

            O escribe este código donde Lonja te lo pida:

                ABCD-2345

            Ambos sirven una sola vez, durante 10 minutos desde que los pediste. Al
            cambiar la contraseña se cierra la sesión en todos tus dispositivos.

            ¿No la has pedido tú? Ignora este mensaje: tu contraseña sigue siendo la
            misma. No des el código a nadie, diga quien diga ser.

            El equipo de Lonja

            --\u{20}
            Lonja es una bolsa para practicar: no hay dinero real en juego. Recibes este
            mensaje por algo que se hizo con esta dirección en lonja.example. Nunca te
            pediremos la contraseña por correo.

            """
        #expect(Self.letter(.resetPassword, .spanish).text == expected)
    }

    @Test func lifeIsSaidAsPeopleWould() {
        let accepted = WallTime(secondsSinceEpoch: 1_000_000)
        func life(_ seconds: Double) -> LetterLife {
            LetterLife(from: accepted, to: accepted.advanced(by: .seconds(seconds)))
        }
        #expect(life(600) == .minutes(10))
        #expect(life(599.2) == .minutes(10))
        #expect(life(601.7) == .minutes(10))
        #expect(life(20) == .minutes(1))
        #expect(life(-20) == .minutes(1))
        #expect(life(86_400) == .hours(24))
        #expect(life(72 * 3600 - 1) == .hours(72))
        #expect(Self.letter(.verifyEmail, .english, life: .minutes(1)).text.contains("for 1 minute after"))
        #expect(Self.letter(.emailChanged, .spanish, life: .hours(72)).text.contains("72 horas"))
    }

    @Test func codesAreGrouped() {
        #expect(LetterFacts.grouped("ABCDEFGH") == "ABCD-EFGH")
        #expect(LetterFacts.grouped("123456") == "123456")
        #expect(LetterFacts.grouped("") == "")
    }
}
