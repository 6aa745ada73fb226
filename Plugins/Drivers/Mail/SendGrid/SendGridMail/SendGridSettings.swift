import Config
import Fetch
import Observe

/// The settings of the driver, read and checked.
struct SendGridSettings: Sendable {
    /// A value is missing, or is not what its setting asks for.
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    static let urlKey = "notification.mail.sendgrid.url"
    static let keyKey = "notification.mail.sendgrid.key"
    static let hookKeyKey = "notification.mail.sendgrid.webhookKey"

    static let declared: [Setting] = [
        .string(
            urlKey,
            default: "https://api.sendgrid.com",
            "Where SendGrid's API is, without /v3; https://api.eu.sendgrid.com for EU subusers"
        ),
        .secret(keyKey, "API key with the right to send mail (scope mail.send)"),
        .string(
            hookKeyKey,
            default: "",
            "Public key of the signed event webhook, as SendGrid shows it (base64); without it no events are taken"
        ),
    ]

    let send: FetchURL
    let scopes: FetchURL
    let key: Secret
    /// Nil where events are not taken.
    let hookKey: SendGridHookKey?

    init(_ settings: Settings) throws(Invalid) {
        let snapshot = settings.snapshot
        var text = snapshot.string(Self.urlKey)
        while text.hasSuffix("/") { text.removeLast() }
        guard let send = try? FetchURL("\(text)/v3/mail/send"), let scopes = try? FetchURL("\(text)/v3/scopes") else {
            throw Invalid(description: "\(Self.urlKey) is no http or https URL")
        }
        // The key would go there in the clear.
        guard
            text.lowercased().hasPrefix("https:")
                || ["localhost", "127.0.0.1", "[::1]", "::1"].contains(send.host)
        else {
            throw Invalid(description: "\(Self.urlKey) is http, which is for loopback only; use https")
        }
        guard let key = snapshot.secret(Self.keyKey), !key.isEmpty else {
            throw Invalid(description: "\(Self.keyKey) is not set; give it the API key, as a secret file of that name")
        }
        let hook = snapshot.string(Self.hookKeyKey)
        hookKey = SendGridHookKey(hook)
        guard hook.isEmpty || hookKey != nil else {
            throw Invalid(
                description:
                    "\(Self.hookKeyKey) is no public key on P-256; copy the verification key that SendGrid shows"
            )
        }
        self.send = send
        self.scopes = scopes
        self.key = key
    }
}
