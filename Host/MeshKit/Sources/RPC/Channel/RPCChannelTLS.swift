public import TLS

/// How a channel speaks TLS.
public struct RPCChannelTLS: Sendable {
    /// The certificates, of both sides.
    public var slot: TLSSlot
    /// The service that is meant: the certificate of whoever answers must name it, wherever it is.
    public var service: String

    /// TLS to `service`.
    public init(_ slot: TLSSlot, service: String) {
        self.slot = slot
        self.service = service
    }
}
