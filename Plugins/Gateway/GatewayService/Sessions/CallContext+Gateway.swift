import HTTP
import RPC

extension CallContext {
    /// The same, whose calls say where the request comes from. Nothing that came from outside is passed on.
    func from(_ address: IPAddress?, _ fields: HTTPFields) throws -> CallContext {
        var copy = self
        if let address { try copy.outgoing.append(Self.addressMetadata, address.description) }
        let agent = Self.printable(fields["user-agent"] ?? "")
        if !agent.isEmpty { try copy.outgoing.append(Self.agentMetadata, agent) }
        // The service that needs it says what is wrong with a key; two would leave open which one counts.
        let keys = fields.values(for: Self.idempotencyKey)
        if !keys.isEmpty {
            guard keys.count == 1, !keys[0].isEmpty, Self.printable(keys[0]) == keys[0] else {
                throw RPCError(
                    .invalidArgument,
                    "Idempotency-Key must come once, with 1 to 256 printable characters",
                    reason: "idempotency-key-invalid"
                )
            }
            try copy.outgoing.append(Self.idempotencyKey, keys[0])
        }
        return copy
    }

    /// The name of the field and of the metadata.
    private static let idempotencyKey = "idempotency-key"

    /// What metadata can carry of a text: printable ASCII, at most 256 bytes, no spaces around it.
    private static func printable(_ text: String) -> String {
        // As nearly all come.
        if text.utf8.count <= 256, text.utf8.first != 0x20, text.utf8.last != 0x20,
            text.utf8.allSatisfy({ (0x20...0x7e).contains($0) })
        {
            return text
        }
        var bytes = text.utf8.prefix(256).map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }[...]
        while bytes.first == 0x20 { bytes.removeFirst() }
        while bytes.last == 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
