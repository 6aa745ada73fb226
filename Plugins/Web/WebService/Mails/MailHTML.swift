/// The viewer's pages as text. Everything of a mail is escaped, but for its HTML, which has a document of its own.
enum MailHTML {
    /// What may be shown of a mail's HTML: its own styles and pictures within it. No script, no form, nothing from
    /// elsewhere; links open beside it.
    static let mailPolicy =
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    static let pagePolicy =
        "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'"

    static let style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { margin: 2rem auto; max-width: 46rem; padding: 0 1rem; }
        li { margin: .5rem 0; } time { font-variant-numeric: tabular-nums; opacity: .75; }
        a { color: inherit; } dt { float: left; width: 5rem; opacity: .75; } dd { margin: 0 0 .25rem 5rem; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; }
        iframe { width: 100%; height: 32rem; border: 1px solid; border-radius: .5rem; background: white; }

        """

    static func list(_ mails: [(name: String, mail: MailText)]) -> String {
        let items = mails.map { name, mail in
            "<li><a href=\"\(MailPages.path)/\(escaped(name))\">\(escaped(mail.subject))</a><br>"
                + "<time>\(escaped(mail.date))</time> to \(escaped(mail.to))</li>"
        }
        let body =
            items.isEmpty
            ? "<p>No mail yet. It comes here a moment after it is sent; load this page again.</p>"
            : "<ul>\n\(items.joined(separator: "\n"))\n</ul>"
        return page("Mails", "<p>What Lonja has sent to nobody, newest first.</p>\n\(body)")
    }

    static func mail(_ name: String, _ mail: MailText, origin: String) -> String {
        var body = "<p><a href=\"\(MailPages.path)\">All mails</a></p>\n<dl>"
        for (term, value) in [("From", mail.from), ("To", mail.to), ("Date", mail.date)] {
            body += "<dt>\(term)</dt><dd>\(escaped(value))</dd>\n"
        }
        body += "</dl>\n<pre>\(linked(mail.text, origin: origin))</pre>\n"
        if !mail.html.isEmpty {
            body += "<h2>As most people see it</h2>\n<iframe title=\"The mail\" sandbox=\"allow-popups "
            body += "allow-popups-to-escape-sandbox\" src=\"\(MailPages.path)/\(escaped(name))/html\"></iframe>"
        }
        return page(mail.subject, body)
    }

    /// A mail's HTML, whose links open beside the frame that it is shown in.
    static func framed(_ html: String) -> String {
        let base = "<base target=\"_blank\">"
        guard let head = html.firstRange(of: "<head>") else { return base + html }
        return html[..<head.upperBound] + base + html[head.upperBound...]
    }

    /// The text with the words that are addresses of our own as links; nothing else of it is markup.
    private static func linked(_ text: String, origin: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: " ", omittingEmptySubsequences: false).map { word in
                let safe = escaped(String(word))
                guard word.hasPrefix(origin + "/") else { return safe }
                return "<a href=\"\(safe)\" target=\"_blank\" rel=\"noreferrer\">\(safe)</a>"
            }.joined(separator: " ")
        }.joined(separator: "\n")
    }

    private static func page(_ title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(title)) · Lonja's outbox</title>
        <link rel="stylesheet" href="\(MailPages.path)/style.css">
        </head>
        <body>
        <h1>\(escaped(title))</h1>
        \(body)
        </body>
        </html>

        """
    }

    static func escaped(_ text: String) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }
}
