internal import HTTP

/// Which answers are compressed, and for whom.
enum RESTCompression {
    /// Below it the fields cost more than is saved.
    static let least = 1024

    /// The answer as it is sent: gzip where that is worth while and the request takes it.
    ///
    /// What sets a cookie, or says that it holds a secret, is never compressed: its length would tell of it (BREACH).
    /// - Parameter fixed: the answer's content, if it never changes: it is compressed once.
    static func applied(
        to answer: HTTPResponse,
        holdsSecret: Bool,
        fixed: RESTFixedContent? = nil,
        asked fields: HTTPFields
    ) async -> HTTPResponse {
        guard !holdsSecret, case .bytes(let content) = answer.body, content.count >= least,
            isText(answer.fields["content-type"]), !answer.fields.contains("content-encoding"),
            !answer.fields.contains("set-cookie")
        else { return answer }
        var answer = answer
        answer.fields["vary"] = answer.fields["vary"].map { "\($0), accept-encoding" } ?? "accept-encoding"
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
