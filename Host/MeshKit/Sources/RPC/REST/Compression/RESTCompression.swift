internal import HTTP

/// Which answers are compressed, and for whom.
enum RESTCompression {
    /// Below it the fields cost more than is saved.
    static let least = 1024

    /// Whether an answer is sent as gzip to whom takes it.
    ///
    /// What sets a cookie, or says that it holds a secret, is never compressed: its length would tell of it (BREACH).
    static func isWorthwhile(_ body: HTTPResponse.Body, _ fields: HTTPFields, holdsSecret: Bool) -> Bool {
        guard case .bytes(let content) = body, content.count >= least, !holdsSecret else { return false }
        return isText(fields["content-type"]) && !fields.contains("content-encoding") && !fields.contains("set-cookie")
    }

    /// Says that another client may get other bytes.
    static func addVary(to fields: inout HTTPFields) {
        fields["vary"] = fields["vary"].map { "\($0), accept-encoding" } ?? "accept-encoding"
    }

    /// A worthwhile answer as it is sent: gzip where the request takes it.
    /// - Parameter fixed: the answer's content, if it never changes: it is compressed once.
    static func applied(
        to answer: HTTPResponse,
        fixed: RESTFixedContent? = nil,
        asked fields: HTTPFields
    ) async -> HTTPResponse {
        guard case .bytes(let content) = answer.body else { return answer }
        var answer = answer
        addVary(to: &answer.fields)
        guard AcceptedCodings(fields).prefersGzip else { return answer }
        var coded = fixed?.gzip
        if coded == nil {
            coded = await Self.coded(content, level: fixed == nil ? GzipEncoder.level : GzipEncoder.bestLevel)
            fixed?.gzip = coded
        }
        guard let coded, coded.count < content.count else { return answer }
        answer.body = .bytes(coded)
        answer.fields["content-encoding"] = "gzip"
        // Other bytes that mean the same: a weak tag (RFC 9110 §8.8.1).
        if let tag = answer.fields["etag"], !tag.hasPrefix("W/") { answer.fields["etag"] = "W/" + tag }
        return answer
    }

    private static func coded(_ content: [UInt8], level: Int32) async -> [UInt8]? {
        guard let encoder = GzipEncoder(content, level: level) else { return nil }
        while true {
            if let coded = encoder.step() { return coded }
            // The loop's other tasks and sockets come between the slices.
            await Task.yield()
        }
    }

    private static func isText(_ type: String?) -> Bool {
        guard let name = type?.prefix(while: { $0 != ";" && $0 != " " }).lowercased() else { return false }
        return [
            "application/json", "application/problem+json", "text/html", "text/css", "text/csv", "text/plain",
            "text/javascript", "image/svg+xml",
        ].contains(name)
    }
}
