/// Answers requests. It runs on a task of the connection's loop and is cancelled when the peer goes away; it must not
/// block. What it returns after that is thrown away.
public typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse
