internal import CSystemPQ
internal import Reactor

/// Owns one result of libpq, until what it holds has been looked at. Small ones are freed at once, and what is wanted of
/// them is copied: libpq takes two kilobytes for the smallest, and so it gets the same ones again while they are warm.
struct PQResult: ~Copyable {
    /// What a result is, as far as this module tells them apart.
    enum Kind: Equatable { case rows, row, done, failed, aborted, sync, copyIn, other }

    /// What is larger than this is not copied.
    static let copiedBytes = 16 << 10

    private let pointer: OpaquePointer
    /// Owns `pointer` instead, where that is not small.
    private let large: LargeResult?
    let kind: Kind

    /// - Parameter pool: where it is freed if it is very large.
    init(_ pointer: OpaquePointer, pool: borrowing BlockingPool) {
        self.pointer = pointer
        large = PQresultMemorySize(pointer) > Self.copiedBytes ? LargeResult(pointer, pool: copy pool) : nil
        kind =
            switch PQresultStatus(pointer) {
            case PGRES_TUPLES_OK: .rows
            case PGRES_SINGLE_TUPLE: .row
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .done
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: .failed
            case PGRES_PIPELINE_ABORTED: .aborted
            case PGRES_PIPELINE_SYNC: .sync
            case PGRES_COPY_IN: .copyIn
            default: .other
            }
    }

    deinit {
        if large == nil { PQclear(pointer) }
    }

    /// What is in it, to be kept.
    /// - Parameter kind: of its statement; knows the columns from the last time.
    func kept(_ kind: StatementKind?) -> PostgresResult {
        var memory: ResultMemory?
        return kept(kind, in: &memory, left: 1)
    }

    /// What is in it, to be kept together with others.
    /// - Parameters:
    ///   - memory: where the others are; becomes another when it is full.
    ///   - left: so many are to come, with this one.
    func kept(
        _ kind: @autoclosure () -> StatementKind?,
        in memory: inout ResultMemory?,
        left: Int
    ) -> PostgresResult {
        if large == nil, let present = memory, let start = present.add(pointer) {
            return PostgresResult(present, start)
        }
        let kind = kind()
        let columns = ResultColumns.of(pointer, known: kind?.columns)
        if let kind, kind.columns !== columns { kind.columns = columns }
        if let large { return PostgresResult(ResultMemory(large, columns), 0) }
        let new = ResultMemory(for: pointer, columns, results: left)
        memory = new
        guard let start = new.add(pointer) else { preconditionFailure("memory was made for another result") }
        return PostgresResult(new, start)
    }

    /// How many rows the statement changed or returned.
    var affectedRows: Int { PostgresResult.affectedRows(tag: String(cString: PQcmdStatus(pointer))) }

    /// The error that the server sent; its detail, which quotes rows, is not taken.
    var error: PostgresError {
        func field(_ code: Character) -> String? {
            PQresultErrorField(pointer, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let state = field("C")
        var error = PostgresError(.server, field("M") ?? "the server sent an error", sqlState: state)
        // Without a code it is libpq's own, about the connection.
        if state == nil { error.code = .connectionLost }
        error.constraint = field("n")
        error.table = field("t")
        error.column = field("c")
        return error
    }
}

/// Owns a result of libpq that is too large to be copied.
// Safe: a PGresult is not changed after libpq has handed it out, and reading one from several threads is allowed
// (manual, 34.20 "Behavior in threaded programs").
final class LargeResult: @unchecked Sendable {
    /// What is larger than this is not freed on a loop.
    static let slowBytes = 256 << 10

    private let pointer: OpaquePointer
    private let pool: BlockingPool?

    fileprivate init(_ pointer: OpaquePointer, pool: BlockingPool) {
        self.pointer = pointer
        self.pool = PQresultMemorySize(pointer) > Self.slowBytes ? pool : nil
    }

    deinit {
        guard let pool else { return PQclear(pointer) }
        nonisolated(unsafe) let pointer = pointer  // Nobody else has it any more.
        Disposal.run(in: pool) { PQclear(pointer) }
    }

    /// How much memory it takes.
    var bytes: Int { Int(PQresultMemorySize(pointer)) }

    var rowCount: Int { Int(PQntuples(pointer)) }

    /// "INSERT 0 1", "COMMIT".
    var commandTag: String { String(cString: PQcmdStatus(pointer)) }

    /// Lends one value, nil for NULL; its bytes are valid in `body` only.
    func withBytes<Value>(
        row: Int,
        column: Int,
        _ body: (UnsafeRawBufferPointer?) throws(PostgresCell.Mismatch) -> Value
    ) throws(PostgresCell.Mismatch) -> Value {
        let (row, column) = (Int32(row), Int32(column))
        if PQgetisnull(pointer, row, column) != 0 { return try body(nil) }
        let length = Int(PQgetlength(pointer, row, column))
        return try body(UnsafeRawBufferPointer(start: PQgetvalue(pointer, row, column), count: length))
    }
}
