public import TLS

/// How a channel speaks TLS.
public struct RPCChannelTLS: Sendable {
    /// The certificates, of both sides.
    public var slot: TLSSlot
    /// Who is meant: the certificate of whoever answers must name it, wherever it is.
    public var name: TLSName

    /// TLS to one of our services.
    public init(_ slot: TLSSlot, service: String) {
        self.init(slot, name: .service(service))
    }

    /// TLS to whoever has this name.
    public init(_ slot: TLSSlot, name: TLSName) {
        self.slot = slot
        self.name = name
    }
}
