internal import HTTP

/// What a route's successes say of caches.
struct RESTCaching: Sendable {
    let control: String
    let isTagged: Bool

    /// The same for the client's own cache alone.
    var privately: RESTCaching {
        guard control.hasPrefix("public,") else { return self }
        return RESTCaching(control: "private," + control.dropFirst("public,".count), isTagged: isTagged)
    }

    /// The answer with its fields; 304 where the request has it already.
    func applied(to answer: RESTResponse, asked fields: HTTPFields) -> RESTResponse {
        guard answer.status == 200 else { return answer }
        var answer = answer
        answer.fields["cache-control"] = control
        guard isTagged, case .bytes(let bytes) = answer.body else { return answer }
        let tag = answer.fixed?.tag ?? EntityTag(of: bytes)
        answer.fields["etag"] = tag.description
        guard tag.isListed(in: fields.values(for: "if-none-match")) else { return answer }
        answer.status = 304
        answer.body = .empty
        answer.fields.remove("content-type")
        return answer
    }
}
