internal import Glibc

/// Making and asking sockets. All descriptors are non-blocking and closed on exec.
enum Socket {
    /// A listening socket; `shared` lets several bind the same port.
    static func listen(_ address: SocketAddress, shared: Bool, backlog: Int32 = 1024) throws -> Int32 {
        let descriptor = try make(address)
        do {
            if let path = address.path {
                unlinkStale(path, address)
            } else {
                enable(descriptor, SOL_SOCKET, SO_REUSEADDR)
                if shared { enable(descriptor, SOL_SOCKET, SO_REUSEPORT) }
            }
            guard address.withSockaddr({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
                throw SystemError.last("bind \(address)")
            }
            guard Glibc.listen(descriptor, backlog) == 0 else { throw SystemError.last("listen \(address)") }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// A socket that is connecting: writable when it has come to an end, `pendingError` says which.
    static func connect(_ address: SocketAddress) throws -> Int32 {
        let descriptor = try make(address)
        let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let error = SystemError.last("connect \(address)")
            close(descriptor)
            throw error
        }
        if address.path == nil { enable(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY) }
        return descriptor
    }

    /// The address a socket is bound to.
    static func localAddress(_ descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return result == 0 ? SocketAddress(storage, length: length) : nil
    }

    /// Takes and clears SO_ERROR; 0 if there is none.
    static func pendingError(_ descriptor: Int32) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length) == 0 ? value : errno
    }

    static func enable(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
        set(descriptor, level, option, 1)
    }

    static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func make(_ address: SocketAddress) throws -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SystemError.last("socket") }
        return descriptor
    }

    /// Removes a socket file that nobody listens on any more, so that a second start after a crash works.
    private static func unlinkStale(_ path: String, _ address: SocketAddress) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK, let probe = try? make(address) else {
            return
        }
        defer { close(probe) }
        if address.withSockaddr({ Glibc.connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED { unlink(path) }
    }
}
