import RPC

/// Where the next page of mails begins: before one accepted earlier. Opaque for callers.
struct DeliveryCursor: Hashable {
    /// The order of acceptance of the last of the page before.
    let before: Int64

    init(before: Int64) { self.before = before }

    /// Reads what `text` wrote.
    /// - Throws: INVALID_ARGUMENT that names the field `cursor`.
    init(parsing text: String) throws(RPCError) {
        guard text.utf8.count <= 16, text.hasPrefix("1"), let number = Int64(text.dropFirst(), radix: 36), number > 0,
            DeliveryCursor(before: number).text == text
        else { throw .field("cursor", "invalid", "must be the nextCursor of the page before") }
        before = number
    }

    /// A version and the number.
    var text: String { "1" + String(before, radix: 36) }
}
