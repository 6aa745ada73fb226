import RPC

/// Where the next page of a client's postings begins: behind a line of an entry. Opaque for callers. The newest come
/// first and entries are numbered in the order in which they were booked, so what is booked meanwhile moves no page.
struct PostingCursor: Hashable {
    /// The number of the entry.
    let entry: Int64
    /// How many of its lines were on the pages before.
    let lines: Int

    init(entry: Int64, lines: Int) {
        self.entry = entry
        self.lines = lines
    }

    /// Reads what `text` wrote.
    /// - Throws: INVALID_ARGUMENT that names the field `cursor`.
    init(parsing text: String) throws(RPCError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 24, parts.count == 2, let entry = Int64(parts[0], radix: 36), entry > 0,
            let lines = Int(parts[1]), (1...2).contains(lines)
        else { throw .field("cursor", "invalid", "must be the nextCursor of the page before") }
        self.init(entry: entry, lines: lines)
    }

    /// The number in base 36 and the lines.
    var text: String { "\(String(entry, radix: 36))-\(lines)" }
}
