internal import HTTP

/// What a route's successes say of caches.
struct RESTCaching: Sendable {
    let control: String
    let isTagged: Bool

    /// Whether a cache may serve it to others.
    var isPublic: Bool { control.hasPrefix("public,") }

    /// The same for the client's own cache alone.
    var privately: RESTCaching {
        guard isPublic else { return self }
        return RESTCaching(control: "private," + control.dropFirst("public,".count), isTagged: isTagged)
    }

    /// Gives an answer its fields, and makes it 304 where the request has it already.
    func apply(to answer: inout RESTResponse, asked fields: HTTPFields) {
        guard answer.status == 200 else { return }
        answer.fields["cache-control"] = control
        guard isTagged, case .bytes(let bytes) = answer.body else { return }
        let tag = answer.fixed?.tag ?? EntityTag(of: bytes)
        answer.fields["etag"] = tag.description
        guard tag.isListed(in: fields.values(for: "if-none-match")) else { return }
        // What the 200 would say of other clients, the 304 says too (RFC 9110 §15.4.5).
        if RESTCompression.isWorthwhile(answer.body, answer.fields, holdsSecret: answer.holdsSecret) {
            RESTCompression.addVary(to: &answer.fields)
        }
        answer.status = 304
        answer.body = .empty
        answer.fields.remove("content-type")
    }
}
