/// What one statement gave: its values in a piece of memory, or where they are many, in libpq's.
struct PostgresResult: Sendable {
    private let memory: ResultMemory
    /// Where it begins there.
    private let start: Int

    /// A result that was added to a memory.
    init(_ memory: ResultMemory, _ start: Int) {
        self.memory = memory
        self.start = start
    }

    var columns: ResultColumns { memory.columns }

    var rowCount: Int { memory.rowCount(start) }

    /// How much memory it takes, about.
    var bytes: Int { memory.bytes(start) }

    /// "INSERT 0 1", "COMMIT".
    var commandTag: String { memory.commandTag(start) }

    /// How many rows the statement changed or returned.
    var affectedRows: Int { Self.affectedRows(tag: commandTag) }

    /// The number at the end of a command tag; 0 if there is none.
    static func affectedRows(tag: String) -> Int {
        tag.utf8.split(separator: UInt8(ascii: " ")).last.flatMap { Int(Substring($0)) } ?? 0
    }

    /// Lends one value; its bytes are valid in `body` only.
    func withCell<Value>(
        row: Int,
        column: Int,
        _ body: (PostgresCell) throws(PostgresCell.Mismatch) -> Value
    ) throws(PostgresCell.Mismatch) -> Value {
        try memory.withCell(start, row: row, column: column, body)
    }
}
