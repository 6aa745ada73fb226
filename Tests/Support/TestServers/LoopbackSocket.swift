import Glibc

/// A listening socket on loopback that nobody serves: connections are made by the kernel, and nothing ever answers.
public final class LoopbackSocket: Sendable {
    private let descriptor: Int32
    /// Where it listens.
    public let port: UInt16

    /// Listens on a port that the system picks.
    /// - Throws: `TestServerError` if it cannot.
    public init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        let bound = SocketAddresses.loopback(0) { address, length -> UInt16? in
            guard bind(descriptor, address, length) == 0, getsockname(descriptor, address, &length) == 0 else {
                return nil
            }
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
        port = bound ?? 0
        guard bound != nil, listen(descriptor, 512) == 0 else { throw TestServerError("no socket on loopback") }
    }

    deinit { close(descriptor) }
}
