import Glibc
import Reactor

/// Asks a running host for something over its admin socket. Blocks; for commands only.
public struct AdminClient {
    private let path: String

    /// A client of the host whose `LONJA_ADMIN_SOCKET` is `path`.
    public init(path: String) {
        self.path = path
    }

    /// Swaps the driver of a slot.
    /// - Returns: whether it was done, and the host's one line.
    /// - Throws: `StartError` with exit code 69 if no host answers.
    public func swap(slot: String, driver: String) throws(StartError) -> (done: Bool, line: String) {
        guard PluginRole.isName(driver), KnownSlots.all.contains(slot) else {
            throw StartError(
                .usage,
                "there is no slot \(slot), or \(driver) is no name; slots: \(KnownSlots.all.joined(separator: ", "))"
            )
        }
        let (status, line) = try self.ask("POST", "/swap?slot=\(slot)&driver=\(driver)")
        return (status == "200", line)
    }

    /// What the slots of the host hold, for people.
    /// - Throws: `StartError` with exit code 69 if no host answers.
    public func drivers() throws(StartError) -> String {
        let (status, text) = try self.ask("GET", "/drivers.txt")
        guard status == "200" else {
            throw StartError(.internalError, "the host at \(self.path) says \(status): \(text)")
        }
        return text
    }

    private func ask(_ method: String, _ target: String) throws(StartError) -> (status: String, text: String) {
        let answer = try self.exchange(
            "\(method) \(target) HTTP/1.0\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n"
        )
        let parts = answer.split(separator: "\r\n", omittingEmptySubsequences: false)
        let status = parts.first?.split(separator: " ").dropFirst().first
        guard let status, let body = parts.firstIndex(of: "") else {
            throw StartError(.dependencyUnavailable, "\(self.path) does not answer as a host of Lonja does")
        }
        var line = parts[(body + 1)...].joined(separator: "\n")
        while line.last == "\n" { line.removeLast() }
        return (String(status), line)
    }

    private func exchange(_ request: String) throws(StartError) -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(self.path.utf8)
        guard descriptor >= 0, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw StartError(.usage, "LONJA_ADMIN_SOCKET=\(self.path) is no path of a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let bytesOut = Array(request.utf8)
        guard connected == 0, send(descriptor, bytesOut, bytesOut.count, Int32(MSG_NOSIGNAL)) == bytesOut.count else {
            throw StartError(
                .dependencyUnavailable,
                "no host answers at \(self.path): \(String(cString: strerror(errno))); set LONJA_ADMIN_SOCKET as for the host"
            )
        }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
            answer.append(contentsOf: chunk[..<count])
        }
    }
}
