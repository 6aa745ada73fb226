import HTTP

/// What answers say to browsers about themselves. A value.
struct SecurityFields {
    /// Whether browsers come by https, which they are then told to keep to.
    let isSecure: Bool

    /// No inline script or style, nothing from elsewhere, and no text becomes script by mistake.
    static let pagePolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "connect-src 'self'", "manifest-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'self'",
        "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    ].joined(separator: "; ")
    /// A script keeps this policy if it runs as a worker, which fetches.
    private static let scriptPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'"
    /// Data, not a page: opened by itself it does nothing.
    private static let dataPolicy = "default-src 'none'; frame-ancestors 'none'"

    /// Fields of a page. With `hidesAddress` the next page is not told where its visitor came from, as that address
    /// holds a code.
    func page(hidesAddress: Bool) -> HTTPFields {
        var fields: HTTPFields = [
            "content-security-policy": Self.pagePolicy,
            "referrer-policy": hidesAddress ? "no-referrer" : "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "x-frame-options": "DENY",
            "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
        ]
        fields.append(contentsOf: all)
        return fields
    }

    /// Fields of anything else.
    func file(_ type: MediaType) -> HTTPFields {
        let isScript = type.name.hasPrefix("text/javascript")
        var fields: HTTPFields = ["content-security-policy": isScript ? Self.scriptPolicy : Self.dataPolicy]
        fields.append(contentsOf: all)
        return fields
    }

    private var all: HTTPFields {
        var fields: HTTPFields = ["x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"]
        if isSecure { fields["strict-transport-security"] = "max-age=63072000; includeSubDomains" }
        return fields
    }
}
