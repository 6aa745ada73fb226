internal import HTTP

/// Which answers are compressed, and for whom.
enum RESTCompression {
    /// Below it the fields cost more than is saved.
    static let least = 1024

    /// The answer as it is sent: gzip where that is worth while and the request takes it.
    ///
    /// What sets a cookie, or says that it holds a secret, is never compressed: its length would tell of it (BREACH).
    static func applied(to answer: HTTPResponse, holdsSecret: Bool, asked fields: HTTPFields) async -> HTTPResponse {
        guard !holdsSecret, case .bytes(let content) = answer.body, content.count >= least,
            isText(answer.fields["content-type"]), !answer.fields.contains("content-encoding"),
            !answer.fields.contains("set-cookie")
        else { return answer }
        var answer = answer
        answer.fields["vary"] = answer.fields["vary"].map { "\($0), accept-encoding" } ?? "accept-encoding"
        guard takesGzip(fields), let encoder = GzipEncoder(content) else { return answer }
        var coded = encoder.step()
        while coded == nil {
            // The loop's other tasks and sockets come between the slices.
            await Task.yield()
            coded = encoder.step()
        }
        guard let coded, coded.count < content.count else { return answer }
        answer.body = .bytes(coded)
        answer.fields["content-encoding"] = "gzip"
        // Other bytes that mean the same: a weak tag (RFC 9110 §8.8.1).
        if let tag = answer.fields["etag"], !tag.hasPrefix("W/") { answer.fields["etag"] = "W/" + tag }
        return answer
    }

    private static func isText(_ type: String?) -> Bool {
        guard let name = type?.prefix(while: { $0 != ";" && $0 != " " }).lowercased() else { return false }
        return [
            "application/json", "application/problem+json", "text/html", "text/css", "text/csv", "text/plain",
            "text/javascript", "image/svg+xml",
        ].contains(name)
    }

    /// RFC 9110 §12.5.3; whoever says nothing gets it as it is, and so does whoever likes that better.
    static func takesGzip(_ fields: HTTPFields) -> Bool {
        var weights: [String: Double] = [:]
        for part in fields.values(for: "accept-encoding").flatMap({ $0.split(separator: ",") }) {
            let words = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let name = words.first else { continue }
            let weight = words.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            weights[name == "x-gzip" ? "gzip" : name] = weight
        }
        let gzip = weights["gzip"] ?? weights["*"] ?? 0
        return gzip > 0 && gzip >= weights["identity"] ?? 0
    }
}
