import HTTP
import RPC

/// One resource in every coding there is of it, ready to be sent. Immutable.
struct Representation: Sendable {
    private struct Form: Sendable {
        let whole: HTTPPreparedResponse
        let tag: EntityTag
        /// For whom has it already; nil for an answer that is no success.
        let unchanged: HTTPPreparedResponse?
    }

    private let plain: Form
    private let brotli: Form?
    private let gzip: Form?
    private let available: ContentCodings

    /// Prepares the answers.
    /// - Parameters:
    ///   - fields: what belongs to the resource, its `content-type` among them; `vary` begins with `accept-encoding`.
    ///   - vary: further fields that the choice of this representation went by.
    init(status: Int, _ content: EncodedContent, fields: HTTPFields, vary: [String] = []) {
        let varies = (content.brotli == nil && content.gzip == nil ? [] : ["accept-encoding"]) + vary
        func form(_ coded: EncodedContent.Form, _ coding: ContentCoding) -> Form {
            var fields = fields
            if !varies.isEmpty { fields["vary"] = varies.joined(separator: ", ") }
            var unchanged: HTTPPreparedResponse?
            if status == 200 {
                fields["etag"] = coded.tag.description
                // Parts are not served, which clients are told so that they do not ask.
                fields["accept-ranges"] = "none"
                var fewer = fields
                for name in ["content-type", "content-language", "accept-ranges"] { fewer.remove(name) }
                unchanged = HTTPPreparedResponse(status: 304, fields: fewer)
            }
            fields["content-encoding"] = coding.name
            let whole = HTTPPreparedResponse(status: status, fields: fields, sharing: coded.bytes)
            return Form(whole: whole, tag: coded.tag, unchanged: unchanged)
        }
        plain = form(content.plain, .identity)
        brotli = content.brotli.map { form($0, .brotli) }
        gzip = content.gzip.map { form($0, .gzip) }
        available = [brotli == nil ? [] : .brotli, gzip == nil ? [] : .gzip]
    }

    /// The answer for a request's fields. `range` is not looked at (RFC 9110 §14.2 allows that): all of it is sent.
    func answer(_ fields: HTTPFields) -> HTTPPreparedResponse {
        var form = plain
        if !available.isEmpty {
            switch ContentCoding.wanted(by: fields, of: available) {
            case .brotli: form = brotli ?? plain
            case .gzip: form = gzip ?? plain
            case .identity: break
            }
        }
        guard let unchanged = form.unchanged, fields.contains("if-none-match"),
            form.tag.isListed(in: fields.values(for: "if-none-match"))
        else { return form.whole }
        return unchanged
    }
}
