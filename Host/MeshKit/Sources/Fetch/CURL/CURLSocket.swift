internal import CSystemCURL
internal import Glibc
internal import Reactor

/// The system's part of curl's sockets.
enum CURLSocket {
    static func close(_ descriptor: Int32) -> Int32 {
        Glibc.close(descriptor)
    }

    /// Makes the socket that curl asks for; the kernel keeps about `receiveBytes` of what has come on it.
    static func open(_ address: UnsafeMutablePointer<curl_sockaddr>, receiveBytes: Int32? = nil) -> curl_socket_t {
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(address.pointee.family, type, address.pointee.protocol)
        if descriptor >= 0, var receiveBytes {
            // Where the kernel keeps more than that, what `SharedConnection` tells of is only likelier.
            _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBytes, socklen_t(MemoryLayout<Int32>.size))
        }
        return descriptor
    }

    /// The address that curl is about to connect to: its bytes, 4 or 16; nil if it is no IP address.
    static func bytes(of address: UnsafeMutablePointer<curl_sockaddr>) -> [UInt8]? {
        let length = Int(address.pointee.addrlen)
        guard length <= MemoryLayout<sockaddr_storage>.size,
            let start = MemoryLayout<curl_sockaddr>.offset(of: \.addr)
        else { return nil }
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: UnsafeRawPointer(address) + start, count: length))
        }
        return SocketAddress(storage, length: socklen_t(length))?.hostBytes
    }
}
