internal import Glibc
internal import Reactor

/// Where certificate, key and authorities are; PEM files that somebody else may replace at any time.
public struct TLSFiles: Sendable, Hashable {
    /// What they have.
    struct Content: Hashable {
        var certificate: [UInt8]?
        var key: [UInt8]?
        var authorities: [UInt8]?
    }

    /// The largest file that is read.
    static let largest = 1 << 20

    /// Our certificate and its chain; nil for none.
    public var certificate: String?
    /// Its key.
    public var key: String?
    /// The authorities that are trusted; nil for the system's.
    public var authorities: String?

    /// Files at these paths.
    public init(certificate: String? = nil, key: String? = nil, authorities: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.authorities = authorities
    }

    /// Reads them. Blocks.
    func read() throws(TLSError) -> Content {
        Content(
            certificate: try Self.read(certificate),
            key: try Self.read(key),
            authorities: try Self.read(authorities)
        )
    }

    private static func read(_ path: String?) throws(TLSError) -> [UInt8]? {
        guard let path else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw TLSError(.configuration, "\(SystemError(errno, path))") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: largest + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { space in
                Glibc.read(descriptor, space.baseAddress.map { $0 + filled }, space.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw TLSError(.configuration, "\(SystemError(errno, path))") }
            if count == 0 { break }
            filled += count
        }
        guard filled <= largest else { throw TLSError(.configuration, "\(path) has more than \(largest) bytes") }
        return Array(bytes[..<filled])
    }
}
