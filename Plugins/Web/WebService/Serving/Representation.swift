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

    private var forms: [ContentCoding: Form] = [:]
    private let available: Set<ContentCoding>

    /// Prepares the answers.
    /// - Parameters:
    ///   - fields: what belongs to the resource, its `content-type` among them; `vary` begins with `accept-encoding`.
    ///   - vary: further fields that the choice of this representation went by.
    init(status: Int, _ content: EncodedContent, fields: HTTPFields, vary: [String] = []) {
        available = Set(content.forms.map(\.coding))
        let varies = (content.forms.count > 1 ? ["accept-encoding"] : []) + vary
        for form in content.forms {
            var fields = fields
            if !varies.isEmpty { fields["vary"] = varies.joined(separator: ", ") }
            var unchanged: HTTPPreparedResponse?
            if status == 200 {
                fields["etag"] = form.tag.description
                // Parts are not served, which clients are told so that they do not ask.
                fields["accept-ranges"] = "none"
                var fewer = fields
                for name in ["content-type", "content-language", "accept-ranges"] { fewer.remove(name) }
                unchanged = HTTPPreparedResponse(status: 304, fields: fewer)
            }
            fields["content-encoding"] = form.coding.name
            forms[form.coding] = Form(
                whole: HTTPPreparedResponse(status: status, fields: fields, sharing: form.bytes),
                tag: form.tag,
                unchanged: unchanged
            )
        }
    }

    /// The answer for a request's fields. `range` is not looked at (RFC 9110 §14.2 allows that): all of it is sent.
    func answer(_ fields: HTTPFields) -> HTTPPreparedResponse {
        let coding = available.count > 1 ? ContentCoding.wanted(by: fields, of: available) : .identity
        guard let form = forms[coding] ?? forms[.identity] else {
            preconditionFailure("content is there as it is")
        }
        guard let unchanged = form.unchanged, fields.contains("if-none-match"),
            form.tag.isListed(in: fields.values(for: "if-none-match"))
        else { return form.whole }
        return unchanged
    }
}
