/// What a server says it is.
enum ServerRole: Equatable {
    case primary
    case replica
    case other

    /// Reads the answer of ROLE: an array that begins with `master`, `slave` or `sentinel`.
    /// Nil if it is none.
    init?(role reply: ValkeyReply) {
        guard case .array(let items) = reply, case .bytes(let word)? = items.first else { return nil }
        self.init(word: word)
    }

    /// Reads the line `role:master` of INFO replication. Nil if there is none.
    init?(info reply: ValkeyReply) {
        guard case .bytes(let text) = reply else { return nil }
        for line in text.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }) where line.starts(with: "role:".utf8) {
            self.init(word: Array(line.dropFirst(5)))
            return
        }
        return nil
    }

    private init(word: [UInt8]) {
        switch String(decoding: word, as: UTF8.self) {
        case "master": self = .primary
        case "slave": self = .replica
        default: self = .other
        }
    }
}
