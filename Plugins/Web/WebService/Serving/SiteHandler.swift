import HTTP
import Observe
import RPC

/// Answers requests for the client out of memory: no request touches a disk.
struct SiteHandler: Sendable {
    let holder: SiteHolder
    let metrics: SiteMetrics
    private let refused: HTTPPreparedResponse
    private let unready: HTTPPreparedResponse
    private let missingFile: HTTPPreparedResponse

    init(_ holder: SiteHolder, _ metrics: SiteMetrics) {
        self.holder = holder
        self.metrics = metrics
        func text(_ text: String, status: Int, _ more: HTTPFields = [:]) -> HTTPPreparedResponse {
            var fields: HTTPFields = [
                "content-type": "text/plain; charset=utf-8", "cache-control": "no-store",
                "x-content-type-options": "nosniff",
                "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
            ]
            fields.append(contentsOf: more)
            return HTTPPreparedResponse(status: status, fields: fields, content: Array(text.utf8))
        }
        refused = text("This is only for reading.\n", status: 405, ["allow": "GET, HEAD"])
        unready = text("The client has not been built yet.\n", status: 503, ["retry-after": "1"])
        missingFile = text("There is no such file.\n", status: 404)
    }

    /// Answers one request.
    func answer(_ head: HTTPRequestHead) -> HTTPPreparedResponse {
        guard let site = holder.site else { return counted(metrics.unready, unready) }
        // As it came: what is below /assets/ and at the root has names that need no escapes.
        guard let file = site.files[head.target] ?? site.files[String(head.path)] else { return page(head, of: site) }
        guard head.method == .get || head.method == .head else { return counted(metrics.refused, refused) }
        let answer = file.answer(head.fields)
        return counted(answer.status == 304 ? metrics.unchanged : metrics.files, answer)
    }

    private func page(_ head: HTTPRequestHead, of site: Site) -> HTTPPreparedResponse {
        let isReading = head.method == .get || head.method == .head
        switch PagePath(head.path) {
        case .steps(let steps):
            if let page = site.pages.find(steps) ?? (head.path == Site.unavailablePath[...] ? site.unavailable : nil) {
                guard isReading else { return counted(metrics.refused, refused) }
                let answer = variant(of: page, head).answer(head.fields)
                return counted(answer.status == 304 ? metrics.unchanged : metrics.pages, answer)
            }
        case .canonical(let path):
            if isReading, case .steps(let steps) = PagePath(path[...]), site.pages.find(steps) != nil {
                let location = path + (head.query.map { "?\($0)" } ?? "")
                let fields: HTTPFields = ["location": location, "cache-control": "no-cache"]
                return counted(metrics.redirected, HTTPPreparedResponse(status: 308, fields: fields))
            }
        case .malformed:
            break
        }
        // Whoever asks for a file shows no page.
        if head.path.hasPrefix("/assets/") { return counted(metrics.missing, missingFile) }
        return counted(metrics.missing, variant(of: site.missing, head).answer(head.fields))
    }

    private func variant(of page: SitePage, _ head: HTTPRequestHead) -> Representation {
        let cookies = RequestCookies(head.fields)
        return page[PageLanguage.wanted(by: head.fields, cookies), PageTheme.wanted(by: cookies)]
    }

    private func counted(_ counter: Counter, _ answer: HTTPPreparedResponse) -> HTTPPreparedResponse {
        counter.increment()
        return answer
    }
}
