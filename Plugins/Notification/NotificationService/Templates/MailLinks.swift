/// Where links in mails lead: to pages of the configured origin, nowhere else.
struct MailLinks: Sendable {
    /// Scheme, host and port of the public site, without a slash at its end.
    let origin: String

    /// A page that takes a token. A token is base64url, so it needs no escaping.
    func page(_ name: String, token: String) -> String { "\(origin)/\(name)?token=\(token)" }

    /// A page of the site.
    func page(_ name: String) -> String { "\(origin)/\(name)" }

    /// The site as people call it: its host, without the port.
    var site: String {
        let host = origin.drop { $0 != ":" }.dropFirst(3)
        return String(host.hasPrefix("[") ? host : host.prefix { $0 != ":" })
    }
}
