import Glibc
import TestServers

extension ServerProcess {
    /// All that it still prints until it has done what was sent to it. For smtp_server.py, which then says so. Blocks.
    func settle() throws -> [String] {
        signal(SIGUSR1)
        var lines: [String] = []
        while let line = line() {
            guard line != "settled" else { return lines }
            lines.append(line)
        }
        throw TestServerError("the server does not settle")
    }
}
