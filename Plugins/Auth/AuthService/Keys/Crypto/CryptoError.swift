/// OpenSSL did not do what it does unless memory or random are short.
struct CryptoError: Error, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
