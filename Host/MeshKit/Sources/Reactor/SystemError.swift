import Glibc

/// A system call that failed.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The value of `errno`.
    public let errno: Int32
    /// What was tried, such as "bind 127.0.0.1:80".
    public let operation: String

    /// An error with a known number.
    public init(_ errno: Int32, _ operation: String) {
        self.errno = errno
        self.operation = operation
    }

    /// A peer that broke a protocol below the stream: the text says all there is to say (EPROTO).
    package init(protocolBroken text: String) {
        self.init(EPROTO, text)
    }

    /// The error of the call that has just failed on this thread.
    static func last(_ operation: String) -> SystemError {
        SystemError(Glibc.errno, operation)
    }

    /// "bind 127.0.0.1:80: Address already in use".
    public var description: String {
        if errno == EPROTO { return operation }
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(errno, &buffer, buffer.count) == 0 else { return "\(operation): error \(errno)" }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(operation): \(text)"
    }
}
