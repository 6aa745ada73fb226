/// What is known of a method without its types. One object per method and process; compare it by identity first.
public final class RPCMethod: Sendable {
    /// The full name of the service: `lonja.auth.v1.AuthService`.
    public let service: String
    /// The method's own name: `Login`.
    public let name: String
    /// The HTTP/2 path: `/lonja.auth.v1.AuthService/Login`.
    public let path: String
    /// The bytes of `path`.
    public let pathBytes: [UInt8]
    /// The position of the method in its service, from 0.
    public let index: Int
    /// Which sides stream.
    public let kind: RPCKind
    /// Whether repeating the call does no harm, so that it may be retried.
    public let idempotent: Bool
    /// How its calls are hedged; nil for most, which are not.
    public let hedging: HedgingPolicy?
    /// FNV-1a of `pathBytes`, for the table.
    let hash: UInt64

    /// Describes a method. Names are full protobuf names without a leading dot.
    public init(
        service: String,
        name: String,
        index: Int,
        kind: RPCKind,
        idempotent: Bool,
        hedging: HedgingPolicy? = nil
    ) {
        precondition(hedging == nil || idempotent && kind == .unary, "what is hedged is unary and may be repeated")
        self.service = service
        self.name = name
        self.path = "/\(service)/\(name)"
        self.pathBytes = Array(path.utf8)
        self.index = index
        self.kind = kind
        self.idempotent = idempotent
        self.hedging = hedging
        self.hash = pathBytes.withUnsafeBytes { PathHash.of($0) }
    }
}

/// FNV-1a, 64 bits. Paths in the table are ours, so collisions can't be forced on it from outside: a probe of a foreign
/// path ends at the first empty slot.
enum PathHash {
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return hash
    }
}
