public import SwiftProtobuf

/// How a call ended, when not well: a gRPC status. What a handler throws to say something to its caller, and what a
/// caller catches, in this process or another.
///
/// Its message goes to the peer: put nothing in it that a peer may not read.
public struct RPCError: Error, Sendable, Equatable {
    /// What kind of failure.
    public var code: Code
    /// One sentence for a developer; it is sent.
    public var message: String
    /// Typed details (`google.rpc.BadRequest` and the like); they are sent.
    public var details: [Google_Protobuf_Any]

    /// An error to throw.
    public init(_ code: Code, _ message: String, details: [Google_Protobuf_Any] = []) {
        self.code = code
        self.message = message
        self.details = details
    }
}

extension RPCError: CustomStringConvertible {
    /// `NOT_FOUND: no such symbol`. Safe to show; details are left out.
    public var description: String {
        message.isEmpty ? code.description : "\(code): \(message)"
    }
}
