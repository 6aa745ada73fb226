import RPC

/// What makes a call to place an order the same call when it comes again.
enum IdempotencyKey {
    /// The name of the metadata.
    static let metadata = "idempotency-key"

    /// The name of the trailing metadata that says the answer is one that was given before.
    static let replayed = "idempotency-replayed"

    /// The key of a call: 1 to 255 printable ASCII characters.
    /// - Throws: INVALID_ARGUMENT ("idempotency-key-missing", "idempotency-key-invalid").
    static func read(_ context: CallContext) throws(RPCError) -> String {
        guard let key = context.metadata[metadata], !key.isEmpty else {
            throw RPCError(
                .invalidArgument,
                "the call needs the metadata \(metadata)",
                reason: "idempotency-key-missing"
            )
        }
        guard key.utf8.count <= 255, key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw RPCError(
                .invalidArgument,
                "an idempotency key is 1 to 255 printable ASCII characters",
                reason: "idempotency-key-invalid"
            )
        }
        return key
    }

    /// The key was used for another order.
    static var reused: RPCError {
        RPCError(.alreadyExists, "another order was placed under this key", reason: "idempotency-key-reused")
    }
}
