internal import HTTP

/// Whether redirects are followed.
public struct RedirectPolicy: Sendable, Hashable {
    /// How many in a row.
    public var maximum: Int
    /// Whether only those to the same scheme, host and port.
    public var sameOriginOnly: Bool

    /// None: the 3xx answer is what the caller gets.
    public static let none = RedirectPolicy(maximum: 0, sameOriginOnly: false)

    /// Up to `maximum` in a row; never from https to http.
    public static func follow(_ maximum: Int, sameOriginOnly: Bool = false) -> RedirectPolicy {
        precondition(maximum > 0, "following means at least one redirect")
        return RedirectPolicy(maximum: maximum, sameOriginOnly: sameOriginOnly)
    }

    /// The request that a redirect asks for.
    /// - Parameters:
    ///   - request: what was answered with it.
    ///   - taken: how many redirects were followed before.
    /// - Returns: nil when the answer is for the caller: no redirect, none followed, or no place named.
    /// - Throws: `tooManyRedirects`, `redirectRefused`, `invalidURL`.
    func next(
        after request: FetchRequest,
        status: Int,
        location: String?,
        taken: Int
    ) throws(FetchError) -> FetchRequest? {
        guard maximum > 0, [301, 302, 303, 307, 308].contains(status), let location else { return nil }
        let host = request.url.host
        guard taken < maximum else {
            throw FetchError(.tooManyRedirects, "\(host): more than \(maximum) redirects")
        }
        let url = try request.url.resolving(location)
        guard url.isSecure || !request.url.isSecure else {
            throw FetchError(.redirectRefused, "\(host): the redirect leads from https to http")
        }
        let isSameOrigin = url.origin == request.url.origin
        guard isSameOrigin || !sameOriginOnly else {
            throw FetchError(.redirectRefused, "\(host): the redirect leads to another origin, \(url.origin)")
        }
        var next = request
        next.url = url
        // 303 is for looking elsewhere; POST becomes GET by custom (RFC 9110 §15.4).
        if status == 303 && request.method != .head || [301, 302].contains(status) && request.method == .post {
            next.method = .get
            next.isIdempotent = true
            next.body = .empty
            for name in ["content-type", "content-encoding", "content-language"] { next.fields.remove(name) }
        }
        guard next.body.isReplayable else {
            throw FetchError(.redirectRefused, "\(host): the redirect needs the streamed content again")
        }
        if !isSameOrigin {
            next.secretFields = []
            for name in ["authorization", "cookie"] { next.fields.remove(name) }
        }
        return next
    }
}
