import SwiftProtobufPluginLibrary

/// The public contract as one page of HTML, without scripts: what there is, what it takes and answers, and how to try it.
struct DocsPage {
    private let contract: PublicContract
    private let routes: [PublicRoute]

    init(_ contract: PublicContract) throws {
        self.contract = contract
        routes = try contract.routes
    }

    func text() -> String {
        let services = contract.files.flatMap(\.services)
        return """
            <main>
            <h1>The API of Lonja</h1>
            \(Self.introduction)
            <nav aria-label="Contents">
            <h2>Contents</h2>
            \(services.map(contents).joined(separator: "\n"))
            <p><a href="#problems">Problems</a></p>
            </nav>
            \(services.map(section).joined(separator: "\n"))
            \(problems)
            </main>

            """
    }

    private static let introduction = """
        <p>Requests and answers are JSON. Amounts and quantities are decimal strings, so that no digit is lost; times are
        RFC&nbsp;3339 in UTC. Lists have <code>items</code> and a <code>nextCursor</code>, which is empty on the last page.
        The same as a document for programs: <a href="/openapi.json">/openapi.json</a>.</p>
        <h2 id="sessions">Sessions</h2>
        <p>Login sets a cookie. What changes something then needs the session's <code>csrfToken</code> in the field
        <code>X-CSRF-Token</code>. Programs may ask for a session key instead and send it as
        <code>Authorization: Bearer …</code>; they need neither. A key has scopes, and each route says which it needs:
        <code>read</code> looks, <code>trade</code> changes orders, the wallet and the watchlist, <code>account</code> changes
        the profile and the sessions and takes all data. What is beyond the scopes of a key is refused with
        <a href="#problem-insufficient-scope"><code>insufficient-scope</code></a>.</p>
        <pre><code>curl -c jar -H 'content-type: application/json' -d '{"email":"ana@example.com","password":"correct horse battery"}' \\
          http://localhost:8080/api/v1/auth/login
        curl -b jar http://localhost:8080/api/v1/wallet</code></pre>
        """

    private func contents(_ service: ServiceDescriptor) -> String {
        let items = routes.filter { $0.method.service.name == service.name }.map { route in
            let name = route.method.name.lowerFirst
            return "<li><a href=\"#\(name)\"><b>\(route.verb.uppercased())</b> \(route.path.escaped)</a></li>"
        }
        return "<h3>\(service.name)</h3>\n<ul>\n\(items.joined(separator: "\n"))\n</ul>"
    }

    private func section(_ service: ServiceDescriptor) -> String {
        let own = routes.filter { $0.method.service.name == service.name }.map(article)
        return "<section>\n<h2>\(service.name)</h2>\n<p>\(service.prose.escaped)</p>\n"
            + own.joined(separator: "\n") + "\n</section>"
    }

    private func article(_ route: PublicRoute) -> String {
        let name = route.method.name.lowerFirst
        var parts = [
            "<article id=\"\(name)\">",
            "<h3><b class=\"\(route.verb)\">\(route.verb.uppercased())</b> <code>\(route.path.escaped)</code></h3>",
            "<p>\(route.method.prose.inline)</p>",
            "<p class=\"access\">\(access(route))</p>",
        ]
        let parameters = route.pathFields.map { row($0, "path") } + route.queryFields.map { row($0, "query") }
        let body = route.hasBody ? route.method.inputType.fields.map { row($0, "body") } : []
        let all = parameters + body + headers(route)
        if !all.isEmpty {
            parts.append(
                "<table><thead><tr><th>Name</th><th>In</th><th>What it is</th></tr></thead><tbody>\n"
                    + all.joined(separator: "\n") + "\n</tbody></table>"
            )
        }
        parts.append("<h4>Try it</h4>\n<pre><code>\(curl(route).escaped)</code></pre>")
        parts.append("<h4>Answer: \(route.status)</h4>")
        if let answer = answer(route) { parts.append("<pre><code>\(answer.escaped)</code></pre>") }
        if !route.problems.isEmpty {
            let links = route.problems.map { "<a href=\"#problem-\($0.code)\"><code>\($0.code)</code></a>" }
            parts.append("<p>Problems of its own: \(links.joined(separator: ", ")).</p>")
        }
        return parts.joined(separator: "\n") + "\n</article>"
    }

    private func access(_ route: PublicRoute) -> String {
        route.scope.map { "Needs a session, or a session key with the scope <code>\($0)</code>." } ?? "For anybody."
    }

    private func row(_ field: FieldDescriptor, _ place: String) -> String {
        let rule = field.options.LonjaOptionsrule
        var notes = [field.prose.inline]
        if rule.required { notes.append("Required.") }
        let values = rule.values.filter { !$0.isEmpty }
        if !values.isEmpty {
            notes.append("One of \(values.map { "<code>\($0)</code>" }.joined(separator: ", ")).")
            if !rule.required, rule.values[0] == values[0] { notes.append("<code>\(values[0])</code> if left out.") }
        }
        if !rule.pattern.isEmpty { notes.append("Matches <code>\(rule.pattern.escaped)</code>.") }
        if rule.maxLength > 0 {
            notes.append("At most \(rule.maxLength) \(field.isRepeated ? "items" : "characters").")
        }
        if rule.hasMinimum, rule.hasMaximum { notes.append("\(rule.minimum) to \(rule.maximum).") }
        let text = notes.filter { !$0.isEmpty }.joined(separator: " ")
        return "<tr><td><code>\(field.name.lowerCamel)</code></td><td>\(place)</td><td>\(text)</td></tr>"
    }

    private func headers(_ route: PublicRoute) -> [String] {
        guard route.rule.idempotent else { return [] }
        let text = "A new random one for each intent; a repeated request with it has the first one's answer. Required."
        return ["<tr><td><code>Idempotency-Key</code></td><td>field</td><td>\(text)</td></tr>"]
    }

    private func curl(_ route: PublicRoute) -> String {
        var words = ["curl"]
        if route.method.serverStreaming { words.append("-N") }
        if route.status == 302 { words.append("-i") }
        if route.verb != "get" { words.append("-X \(route.verb.uppercased())") }
        if route.rule.access == .session {
            words.append("-b jar")
            if route.isUnsafe { words.append("-H \"x-csrf-token: $CSRF\"") }
        }
        if route.method.name == "Login" { words.append("-c jar") }
        if route.rule.idempotent { words.append("-H \"idempotency-key: $(cat /proc/sys/kernel/random/uuid)\"") }
        if let type = route.rule.consumes.first { words.append("-H 'content-type: \(type)' --data-binary @photo.jpg") }
        if route.hasBody {
            let body = SampleJSON.request(route.method.inputType).line
            words.append("-H 'content-type: application/json' -d '\(body)'")
        }
        var path = route.path
        for field in route.pathFields {
            path = path.replacing("{\(field.name)}", with: SampleJSON.text(field) ?? "…")
        }
        let query = route.queryFields.compactMap { field in
            field.options.LonjaOptionsrule.required ? "\(field.name.lowerCamel)=\(SampleJSON.text(field) ?? "…")" : nil
        }
        words.append("'http://localhost:8080\(path)\(query.isEmpty ? "" : "?" + query.joined(separator: "&"))'")
        return words.joined(separator: " ")
    }

    private func answer(_ route: PublicRoute) -> String? {
        let output: Descriptor = route.method.outputType
        if route.method.serverStreaming {
            return "event: \(output.name.lowerFirst)\ndata: \(SampleJSON.answer(output).line)"
        }
        return route.answersJSON ? SampleJSON.answer(output).text() : nil
    }

    private var problems: String {
        let rows = contract.problems.map { problem in
            let text = "\(problem.rule.english) \(problem.rule.advice)".inline
            let spanish = "\(problem.rule.spanish) \(problem.rule.adviceSpanish)".inline
            return "<tr id=\"problem-\(problem.code)\"><td><code>\(problem.code)</code></td>"
                + "<td>\(problem.rule.status)</td><td>\(text)<br><span lang=\"es\">\(spanish)</span></td></tr>"
        }
        return """
            <section id="problems">
            <h2>Problems</h2>
            <p>Whatever is no success is <code>application/problem+json</code> (RFC&nbsp;9457). Programs look at
            <code>code</code>; people read <code>title</code> and <code>detail</code>; <code>errors</code> names the fields
            that are wrong; <code>requestId</code> is what to tell us; <code>type</code> leads to the code's line
            below.</p>
            <table><thead><tr><th>Code</th><th>Status</th><th>What it says, and what to do</th></tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table>
            </section>
            """
    }
}

extension String {
    /// As text of HTML.
    var escaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"",
            with: "&quot;"
        )
    }

    /// The same, with code between backticks.
    var inline: String {
        escaped.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0 % 2 == 1 ? "<code>\($1)</code>" : String($1) }.joined()
    }
}
