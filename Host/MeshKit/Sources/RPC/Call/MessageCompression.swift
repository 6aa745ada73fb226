/// Whether a message is sent compressed, with gzip. The peer has to take it, else it is sent as it is.
public enum MessageCompression: UInt8, Sendable {
    /// As the channel or the server is set up to do it: an answer is compressed where the request was and it is worth while.
    case automatic
    /// Compressed, whatever its size, unless it would only grow.
    case gzip
    /// As it is.
    case none

    /// Below it a prefix of gzip and the time cost more than is saved.
    static let least = 1024
}
