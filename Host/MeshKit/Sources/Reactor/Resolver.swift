internal import Glibc

/// Turns names into addresses.
public enum Resolver {
    /// All addresses of a host, in the order of RFC 6724. Blocks: call it in the blocking pool.
    ///
    /// - Throws: `ResolutionError`.
    public static func resolve(host: String, port: UInt16) throws -> [SocketAddress] {
        if let literal = SocketAddress(host: host, port: port) { return [literal] }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &list)
        guard result == 0 else { throw ResolutionError(host: host, reason: String(cString: gai_strerror(result))) }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = list
        while let current = entry {
            var storage = sockaddr_storage()
            let length = current.pointee.ai_addrlen
            if let source = current.pointee.ai_addr {
                withUnsafeMutableBytes(of: &storage) {
                    $0.copyMemory(from: UnsafeRawBufferPointer(start: source, count: Int(length)))
                }
                if let address = SocketAddress(storage, length: length), !addresses.contains(address) {
                    addresses.append(address)
                }
            }
            entry = current.pointee.ai_next
        }
        return addresses
    }
}

/// A name that has no address.
public struct ResolutionError: Error, Sendable, CustomStringConvertible {
    /// The name that was asked for.
    public let host: String
    /// What the resolver says.
    public let reason: String

    /// "cannot resolve market: Name or service not known".
    public var description: String { "cannot resolve \(host): \(reason)" }
}
