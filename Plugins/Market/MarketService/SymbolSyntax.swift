import RPC

/// What a symbol looks like: upper-case letters, digits, `.` and `-`, one to twelve, the first a letter.
enum SymbolSyntax {
    static let expected = "must be 1 to 12 upper-case letters, digits, dots or hyphens, the first a letter"

    static func isSymbol(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, (0x41...0x5A).contains(first), bytes.count <= 12 else { return false }
        return bytes.allSatisfy {
            (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D
        }
    }

    /// - Throws: INVALID_ARGUMENT that names the field `symbol`.
    static func check(_ symbol: String) throws(RPCError) {
        guard isSymbol(symbol) else { throw .field("symbol", symbol.isEmpty ? "required" : "invalid", expected) }
    }

    /// The symbols without repetition, in their order.
    /// - Throws: INVALID_ARGUMENT that names the field `symbols`.
    static func list(_ symbols: [String], atMost limit: Int) throws(RPCError) -> [String] {
        var seen: Set<String> = []
        let distinct = symbols.filter { seen.insert($0).inserted }
        guard !distinct.isEmpty else { throw .field("symbols", "required", "must name at least one symbol") }
        guard distinct.count <= limit else { throw .field("symbols", "too-many", "must name at most \(limit) symbols") }
        for symbol in distinct where !isSymbol(symbol) {
            throw .field("symbols", "invalid", "each \(expected)")
        }
        return distinct
    }
}
