import Digest
import Observe
import Valkey

/// The key ring in Valkey: one text that is only ever replaced by who has read it, so that of two replicas that make a key
/// at the same moment one sees that it came second.
struct KeyRingStore: Sendable {
    private static let ringKey = "auth:keys:ring"
    private static let secretKey = "auth:keys:secret"
    /// ARGV: what the ring is expected to be ("" for none), what it becomes. 1 if it was so.
    private static let replace = ValkeyScript(
        """
        local found = redis.call('GET', KEYS[1])
        if (found or '') ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[2])
        return 1
        """
    )

    private let client: ValkeyClient

    init(_ client: ValkeyClient) { self.client = client }

    /// The ring's text; nil if there is none.
    func ring() async throws(ValkeyError) -> [UInt8]? { try await client.get(Self.ringKey) }

    /// Puts a text in the place of another.
    /// - Returns: false if something else is there by now.
    func replace(_ old: [UInt8]?, by new: String) async throws(ValkeyError) -> Bool {
        try await client.run(Self.replace, keys: [Self.ringKey], arguments: [old ?? [], new]).integer() == 1
    }

    /// The secret that lies beside the ring for want of a configured one; the first replica makes it.
    func localSecret() async throws(ValkeyError) -> [UInt8] {
        let fresh = [UInt8].random(32)
        return try await client.setAndGet(Self.secretKey, fresh, condition: .ifAbsent) ?? fresh
    }
}
