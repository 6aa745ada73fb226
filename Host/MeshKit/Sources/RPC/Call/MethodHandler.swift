// Proof of @unchecked: `MethodHandler` and its four subclasses, all final, hold constants of Sendable types only, but for
// `recorder` and `place`, which `RPCServiceTable.init` writes before anybody else has the handler.
/// A registered method with its code, its types hidden. The wire calls it with bytes, a local caller through the
/// subclass with messages.
///
/// What a handler throws comes out unchanged: map it with `RPCError(mapping:)`.
public class MethodHandler: @unchecked Sendable {
    /// The method this serves.
    public let method: RPCMethod
    /// Hears of every call that ended; whoever serves calls from a connection tells it too.
    internal(set) public var recorder: (any CallRecorder)?

    /// Its number among those of the process, from 0.
    var place = 0

    init(_ method: RPCMethod) {
        self.method = method
    }

    /// Serves a unary method: decodes, calls, encodes. A message that doesn't parse throws INTERNAL.
    ///
    /// Only for methods of kind `.unary`.
    public func invokeUnary(_ message: [UInt8], _ context: CallContext) async throws -> [UInt8] {
        throw RPCError(.internalError, "\(method.path) isn't unary")
    }

    /// Serves a method of any kind over a stream: returns when the handler has, all its messages sent.
    public func invokeStreaming(
        _ input: any MessageSource,
        _ output: any MessageSink,
        _ context: CallContext
    ) async throws {
        throw RPCError(.unimplemented, "\(method.path) has no handler")
    }
}
