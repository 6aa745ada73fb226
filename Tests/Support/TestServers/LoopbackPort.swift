import Glibc

/// Ports of loopback for servers that must be told one.
public enum LoopbackPort {
    /// One that nobody used a moment ago. It is below those that the system gives to clients, so that none takes it before
    /// the server does.
    /// - Throws: `TestServerError` if there is none.
    public static func free() throws -> UInt16 {
        for _ in 0..<1000 {
            let port = UInt16.random(in: 20_000..<32_000)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            defer { close(descriptor) }
            if SocketAddresses.loopback(port, { bind(descriptor, $0, $1) == 0 }) { return port }
        }
        throw TestServerError("no free port on loopback")
    }
}
