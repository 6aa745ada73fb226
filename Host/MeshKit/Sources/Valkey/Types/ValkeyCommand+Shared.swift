extension ValkeyCommand {
    /// Whether it would harm the others on a shared connection: it changes the connection's state, makes the server speak
    /// unasked, or holds it up. Most commands are told apart by the length and the first letter of their name, which costs
    /// some nanoseconds.
    var isHarmfulToShare: Bool {
        guard let first = name.utf8.first else { return false }
        let count = name.utf8.count
        guard count < Self.initials.count, Self.initials[count] & Self.bit(first) != 0 else { return false }
        let upper = name.uppercased()
        if Self.harmful.contains(upper) { return true }
        guard let words = Self.harmfulWords[upper] else { return false }
        let arguments = parts.dropFirst().map { String(decoding: $0, as: UTF8.self).uppercased() }
        // What a stream is read with may stand anywhere before its keys; a word of administration is the first argument.
        return upper.hasPrefix("X")
            ? arguments.prefix { $0 != "STREAMS" }.contains { words.contains($0) }
            : words.contains(arguments.first ?? "")
    }

    private static let harmful: Set<String> = [
        "ASKING", "AUTH", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN",
        "DISCARD", "EXEC", "HELLO", "MONITOR", "MULTI", "PSUBSCRIBE", "PSYNC", "PUNSUBSCRIBE", "QUIT", "READONLY",
        "READWRITE", "REPLCONF", "RESET", "SELECT", "SSUBSCRIBE", "SUBSCRIBE", "SUNSUBSCRIBE", "SYNC", "UNSUBSCRIBE",
        "UNWATCH", "WAIT", "WAITAOF", "WATCH",
    ]

    /// Those whose arguments make the difference.
    private static let harmfulWords: [String: Set<String>] = [
        "CLIENT": ["CACHING", "NO-EVICT", "NO-TOUCH", "PAUSE", "REPLY", "SETNAME", "TRACKING"],
        "SCRIPT": ["DEBUG"],
        "XREAD": ["BLOCK"],
        "XREADGROUP": ["BLOCK"],
    ]

    /// For each length of a name the first letters that those above have, a bit each.
    private static let initials: [UInt32] = {
        var initials = [UInt32](repeating: 0, count: 16)
        for name in harmful.union(harmfulWords.keys) { initials[name.utf8.count] |= bit(name.utf8.first ?? 0) }
        return initials
    }()

    private static func bit(_ letter: UInt8) -> UInt32 { 1 << UInt32(letter & 0x1f) }
}
