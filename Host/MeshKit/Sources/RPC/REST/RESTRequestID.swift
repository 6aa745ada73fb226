internal import HTTP

/// What a request is called in logs and answers.
enum RESTRequestID {
    /// What its client calls it, if that is printable and short: it goes into logs.
    static func of(_ fields: HTTPFields) -> String? {
        guard let text = fields["x-request-id"], (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        return text
    }
}
