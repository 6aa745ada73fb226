/// What is wrong with an issuer: for logs, as the one who logs in can do nothing about it.
struct OIDCFault: Error, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
