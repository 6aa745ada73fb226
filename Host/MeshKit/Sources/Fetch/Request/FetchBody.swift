/// The content of a request.
public enum FetchBody: Sendable {
    /// None.
    case empty
    /// Bytes at hand.
    case bytes([UInt8])
    /// Written piece by piece, while the server takes it. The closure runs on the request's loop; what it throws ends the
    /// request. `length` is announced if it is known, and must then be met. Such a request is sent once: no retry, and no
    /// redirect that would need the content again.
    case stream(length: Int?, @Sendable (FetchBodyWriter) async throws -> Void)

    /// Whether it can be sent again.
    var isReplayable: Bool {
        if case .stream = self { false } else { true }
    }
}
