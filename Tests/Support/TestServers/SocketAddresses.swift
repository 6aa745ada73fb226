import Glibc

/// Addresses in the form that the kernel takes.
enum SocketAddresses {
    /// Calls `body` with 127.0.0.1 and a port.
    static func loopback<Value>(
        _ port: UInt16,
        _ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return pass(&address, body)
    }

    /// Calls `body` with the path of a unix socket of 107 bytes at the most.
    static func unix<Value>(
        _ path: String,
        _ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return pass(&address, body)
    }

    private static func pass<Address, Value>(
        _ address: inout Address,
        _ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Value
    ) -> Value {
        var length = socklen_t(MemoryLayout<Address>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
        }
    }
}
