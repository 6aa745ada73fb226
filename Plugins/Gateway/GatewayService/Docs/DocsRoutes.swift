import Contracts
import HTTP
import RPC

/// The description of the API: for programs, and for people. No script, nothing from elsewhere.
enum DocsRoutes {
    static var all: [RESTRoute] {
        [
            document("/openapi.json"), document("/api/v1/openapi.json"), page("/docs"), page("/api/v1/docs"),
            file("/docs/style.css", "text/css; charset=utf-8", DocsStyle.sheet.description, policy: nil),
        ]
    }

    private static func document(_ path: StaticString) -> RESTRoute {
        file(path, "application/json", OpenAPI.document.description, policy: nil)
    }

    private static func page(_ path: StaticString) -> RESTRoute {
        let content = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>The API of Lonja</title>
            <link rel="stylesheet" href="/docs/style.css">
            </head>
            <body>
            \(OpenAPI.page)</body>
            </html>

            """
        return file(
            path,
            "text/html; charset=utf-8",
            content,
            policy: "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    }

    private static func file(_ path: StaticString, _ type: String, _ content: String, policy: String?) -> RESTRoute {
        let content = RESTFixedContent(Array(content.utf8))
        return RESTRoute(.get, path, for: .anybody) { request, _ in
            try request.finish()
            var fields: HTTPFields = ["content-type": type]
            if let policy { fields["content-security-policy"] = policy }
            return .fixed(content, fields: fields)
        }
        .limited(maximumBody: 0)
        .cached("public, max-age=300", tagged: true)
        .making(String(type.prefix { $0 != ";" }))
    }
}
