import Glibc

/// A listening socket on loopback that nobody serves: connections are made by the kernel, and nothing ever answers.
final class LoopbackSocket: Sendable {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isBound, listen(descriptor, 512) == 0 else {
            throw PostgresServer.Failure(description: "no socket on loopback")
        }
    }

    deinit { close(descriptor) }

    /// A port that was free a moment ago.
    static func freePort() throws -> UInt16 { try LoopbackSocket().port }
}
