/// The origin that people reach Lonja at, `LONJA_PUBLIC_URL`: what links in mails and redirects begin with, and what a
/// browser must name as the origin of what it sends. Never taken from a request.
public struct PublicOrigin: Sendable, Hashable, CustomStringConvertible {
    /// What holds where the variable is not set.
    public static let standard = "http://localhost:8080"

    /// Scheme, host and port, as a browser serialises an origin (RFC 6454 §6.2): `https://lonja.example`.
    public let text: String
    /// Whether it is https.
    public let isSecure: Bool

    /// Reads an origin. One slash may follow it; a path, a query or a name and password may not.
    /// - Throws: `ConfigurationError` that says what to do; also for http anywhere but on this machine, where cookies
    ///   could be read on the way.
    public init(parsing text: String) throws(ConfigurationError) {
        var lowered = text.lowercased()
        if lowered.hasSuffix("/") { lowered.removeLast() }
        let scheme = lowered.hasPrefix("https://") ? "https://" : "http://"
        let rest = lowered.dropFirst(scheme.count)
        guard lowered.hasPrefix(scheme), let host = Self.host(rest) else {
            throw Self.refused(text, "is no origin; use https://lonja.example or http://localhost:8080")
        }
        isSecure = scheme == "https://"
        guard isSecure || Self.isHere(host) else {
            throw Self.refused(text, "is plain http on another machine, where cookies are not safe; use https")
        }
        let standardPort = isSecure ? ":443" : ":80"
        self.text = lowered.hasSuffix(standardPort) ? String(lowered.dropLast(standardPort.count)) : lowered
    }

    /// The origin itself.
    public var description: String { text }

    /// The host of "host", "host:port" or "[v6]:port"; nil for anything else.
    private static func host(_ text: Substring) -> Substring? {
        var host = text
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[...end]
            guard host.dropFirst().dropLast().utf8.allSatisfy({ isHex($0) || $0 == 0x3a || $0 == 0x2e }) else {
                return nil
            }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
        }
        let port = text[host.endIndex...]
        if !port.isEmpty {
            guard port.hasPrefix(":"), let number = UInt16(port.dropFirst()), number > 0 else { return nil }
        }
        guard !host.isEmpty, host.utf8.count <= 253 else { return nil }
        guard host.hasPrefix("[") || host.utf8.allSatisfy({ isHex($0) || isLetter($0) || $0 == 0x2d || $0 == 0x2e })
        else { return nil }
        return host
    }

    private static func isHere(_ host: Substring) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
            || (host.hasPrefix("127.") && host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e })
    }

    private static func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }

    private static func refused(_ text: String, _ why: String) -> ConfigurationError {
        ConfigurationError(invalid: "LONJA_PUBLIC_URL", "LONJA_PUBLIC_URL=\(text.prefix(200)) \(why)")
    }
}

extension Settings {
    /// The origin that people reach Lonja at: `LONJA_PUBLIC_URL`, or ``PublicOrigin/standard``.
    /// - Throws: `ConfigurationError` for a value that is no origin.
    public func publicOrigin() throws(ConfigurationError) -> PublicOrigin {
        let given = sources.environment["LONJA_PUBLIC_URL"] ?? ""
        return try PublicOrigin(parsing: given.isEmpty ? PublicOrigin.standard : given)
    }
}
