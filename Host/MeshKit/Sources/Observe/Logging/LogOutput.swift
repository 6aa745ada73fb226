import Glibc

/// Where log lines go. Each line is one `write(2)`, so that lines of different threads do not mix.
public struct LogOutput: Sendable {
    private let emit: @Sendable ([UInt8]) -> Void

    /// Hands each line, its line feed included, to `emit`; for tests.
    public init(_ emit: @escaping @Sendable ([UInt8]) -> Void) { self.emit = emit }

    /// The standard error of the process.
    public static let standardError = LogOutput(descriptor: STDERR_FILENO)
    /// The standard output of the process.
    public static let standardOutput = LogOutput(descriptor: STDOUT_FILENO)

    /// An open descriptor, which stays the caller's.
    public init(descriptor: Int32) {
        emit = { line in
            line.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    // A log that nobody can take is lost: nothing else can be done about it here.
                    guard count > 0 else { return }
                    rest = rest.dropFirst(count)
                }
            }
        }
    }

    func line(_ bytes: [UInt8]) { emit(bytes) }
}
