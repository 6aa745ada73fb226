extension Letter {
    /// The letter as one HTML page without tables, scripts or anything that is loaded from elsewhere. It sets no colours of
    /// text or ground, so that a dark theme can; what has a colour reads well on both.
    var html: String {
        let body = HTMLText.joined(blocks.map(Self.element))
        let page: HTMLText = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="supported-color-schemes" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>\(subject)</title>
            </head>
            <body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
            <div style="display:none;max-height:0;overflow:hidden">\(preview)</div>
            <div style="max-width:560px;margin:0 auto">
            <p style="margin:0 0 24px;font-size:20px;font-weight:700;letter-spacing:.02em">Lonja</p>
            <p style="margin:0 0 16px">\(greeting)</p>
            \(body)<p style="margin:24px 0 0">\(signature)</p>
            <hr style="border:0;border-top:1px solid #8886;margin:24px 0 16px">
            <p style="margin:0;font-size:13px;opacity:.75">\(footer)</p>
            </div>
            </body>
            </html>

            """
        return page.markup
    }

    private static func element(_ block: Block) -> HTMLText {
        switch block {
        case .paragraph(let text):
            """
            <p style="margin:0 0 16px">\(text)</p>

            """
        case .code(let code):
            """
            <p style="margin:0 0 16px;padding:16px;border:1px solid #8886;border-radius:8px;text-align:center;\
            font:700 28px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.12em">\(code)</p>

            """
        case .link(let address, let title):
            """
            <p style="margin:0 0 8px"><a href="\(address)" style="display:inline-block;padding:12px 20px;border-radius:8px;\
            background:#1f5eff;color:#ffffff;text-decoration:none;font-weight:600">\(title)</a></p>
            <p style="margin:0 0 16px;font-size:13px;word-break:break-all;opacity:.75">\(address)</p>

            """
        case .note(let text):
            """
            <p style="margin:0 0 16px;font-size:14px;opacity:.85">\(text)</p>

            """
        }
    }
}
