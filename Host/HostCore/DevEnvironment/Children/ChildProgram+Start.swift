import CHost
import Glibc
import Reactor

extension ChildProgram {
    /// Starts it, with its output going to `log`. On a thread that lives as long as the child shall.
    func start(log: Int32) throws(SystemError) -> pid_t {
        // What a server needs of our environment: nothing that is ours, and messages that we can read.
        let settings = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=\(folder)"]
        let pid: pid_t = Self.withTexts([path] + arguments) { words in
            Self.withTexts(settings) { variables -> pid_t in
                folder.withCString { folder -> pid_t in
                    guard let words = words.baseAddress, let variables = variables.baseAddress, let path = words[0]
                    else {
                        return -1
                    }
                    var child = host_child(
                        path: path,
                        arguments: words,
                        environment: variables,
                        folder: folder,
                        log: log,
                        user: user.user,
                        group: user.group,
                        parent_death_signal: orphanSignal
                    )
                    return host_child_start(&child)
                }
            }
        }
        guard pid > 0 else { throw SystemError(errno, "start \(path)") }
        return pid
    }

    /// Lends texts as C has them: zero-terminated, with a null pointer behind the last.
    private static func withTexts<Result>(
        _ texts: [String],
        _ body: (UnsafeBufferPointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeBufferPointer(body)
    }

    /// Runs it to its end on the calling thread, which blocks.
    /// - Returns: what it printed.
    func run() throws(SystemError) -> (status: Int32, output: String) {
        let file = open(log, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError(errno, "open \(log)") }
        defer { close(file) }
        let pid = try start(log: file)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let size = min(lseek(file, 0, SEEK_END), 1 << 16)
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let count = pread(file, &bytes, bytes.count, 0)
        return (status, String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
    }
}
