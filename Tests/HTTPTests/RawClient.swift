import Glibc
import Reactor
import Testing

/// A blocking socket that sends and expects bytes as they are.
final class RawClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ address: SocketAddress, receiveBuffer: Int32? = nil) throws {
        if let path = address.path {
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var unix = sockaddr_un()
            unix.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: path.utf8) }
            try connectTo(unix)
        } else {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            if var receiveBuffer {
                setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4)
            }
            var inet = sockaddr_in()
            inet.sin_family = sa_family_t(AF_INET)
            inet.sin_port = try #require(address.port).bigEndian
            inet.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            try connectTo(inet)
        }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        Glibc.close(descriptor)
    }

    private func connectTo<Address>(_ address: Address) throws {
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else { throw EndedEarly(received: "connect: errno \(errno)") }
    }

    /// Sends everything; false if the peer does not take it.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool {
        send(Array(text.utf8))
    }

    func closeOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Receives once; false at the end (or when the peer has reset).
    func fill() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer.append(contentsOf: chunk[..<count])
        return true
    }

    /// Whether the peer has closed in order, with nothing left to read.
    func isAtEnd() -> Bool {
        guard buffer.isEmpty else { return false }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, 0) == 0
    }

    /// One response; interim ones are responses too. `toHead` tells that no body follows whatever the fields say.
    func response(toHead: Bool = false) throws -> RawResponse {
        let head = try take(through: Array("\r\n\r\n".utf8))
        var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let status = try #require(Int(lines.removeFirst().split(separator: " ")[1]))
        var response = RawResponse(status: status)
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            response.fields[String(parts[0])] = parts[1].trimmingPrefix(" ").description
        }
        if toHead || status < 200 || status == 204 || status == 304 { return response }
        if response.fields["transfer-encoding"] == "chunked" {
            while true {
                let size = try take(through: Array("\r\n".utf8)).dropLast(2)
                let count = try #require(Int(String(decoding: size, as: UTF8.self), radix: 16))
                let data = try take(count + 2)
                if count == 0 { break }
                response.body.append(contentsOf: data.dropLast(2))
            }
        } else if let length = response.fields["content-length"] {
            response.body = try take(#require(Int(length)))
        } else {
            while fill() {}
            response.body = try take(buffer.count)
        }
        return response
    }

    private func more() throws -> Bool {
        guard fill() else { throw EndedEarly(received: String(decoding: buffer, as: UTF8.self)) }
        return true
    }

    func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count, try more() {}
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    private func take(through end: [UInt8]) throws -> [UInt8] {
        var start = 0
        while true {
            if buffer.count >= end.count {
                for index in start...(buffer.count - end.count)
                where buffer[index] == end[0] && buffer[index..<(index + end.count)].elementsEqual(end) {
                    return try take(index + end.count)
                }
                start = buffer.count - end.count + 1
            }
            _ = try more()
        }
    }
}

/// A response as it came.
struct RawResponse {
    let status: Int
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// The connection ended where a response was expected.
struct EndedEarly: Error {
    let received: String
}
