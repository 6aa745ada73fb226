internal import HTTP

/// What every answer says to browsers about itself. A value.
///
/// No answer ever has `access-control-allow-origin`: pages of other sites cannot read anything.
struct RESTSecurity: Sendable {
    /// Whether browsers come by https.
    let isSecure: Bool

    private static let usual: HTTPFields = [
        "x-content-type-options": "nosniff",
        // What our addresses hold, such as a code, is not told to the next site.
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    ]

    /// Adds the fields; what a route says itself about what its content may do stays.
    func add(to fields: inout HTTPFields) {
        // No route has these, but one that answers for another server may.
        for field in Self.usual where fields.contains(field.name) { fields.remove(field.name) }
        fields.append(contentsOf: Self.usual)
        // Data, not a page: opened by itself it does nothing, and no page frames it or takes it in.
        if !fields.contains("content-security-policy") {
            fields["content-security-policy"] = "default-src 'none'; frame-ancestors 'none'"
        }
        if isSecure { fields["strict-transport-security"] = "max-age=31536000" }
    }

    /// A browser asks whether a page of another site may send something (Fetch, 4.8 CORS-preflight fetch).
    /// - Throws: 403; nobody may.
    static func refusePreflight(_ fields: HTTPFields) throws(RESTError) {
        guard fields.contains("origin"), fields.contains("access-control-request-method") else { return }
        throw RESTError(403, "cross-site", "pages of other sites cannot call this")
    }
}
