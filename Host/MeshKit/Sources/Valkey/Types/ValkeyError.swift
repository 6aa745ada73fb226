/// Why a command has no answer.
///
/// `description` is safe to show: it holds no key, no value and no secret. `serverMessage` may quote them.
public struct ValkeyError: Error, Sendable {
    /// What kind of failure.
    public var code: Code
    /// One sentence, safe to show.
    public var message: String
    /// Whether the command may have been executed although its answer is not known: after a time-out, a cancellation or
    /// the loss of a connection. False if it surely was not, and when the server itself answered.
    public var mayHaveExecuted: Bool
    /// What the server said, word for word. May quote keys and values: not for logs, nor for clients.
    public var serverMessage: String?

    init(_ code: Code, _ message: String, mayHaveExecuted: Bool = false, serverMessage: String? = nil) {
        self.code = code
        self.message = message
        self.mayHaveExecuted = mayHaveExecuted
        self.serverMessage = serverMessage
    }

    /// The refusal of a server, by its text without the leading `-`.
    init(server text: String) {
        let code = Code(serverText: text)
        self.init(code, "the server refused the command", serverMessage: text)
    }
}

extension ValkeyError: CustomStringConvertible, CustomDebugStringConvertible {
    /// `WRONGTYPE: the server refused the command`. Safe to show.
    public var description: String {
        "\(code): \(message)" + (mayHaveExecuted ? " (the command may have been executed)" : "")
    }

    /// With what the server said; may quote keys and values.
    public var debugDescription: String {
        description + (serverMessage.map { "; server: \($0)" } ?? "")
    }
}

extension ValkeyError: Equatable {
    /// Equal when the codes are: messages are for people.
    public static func == (left: ValkeyError, right: ValkeyError) -> Bool { left.code == right.code }
}
