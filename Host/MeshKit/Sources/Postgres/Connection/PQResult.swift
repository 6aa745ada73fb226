internal import CSystemPQ
internal import Reactor

/// Owns one result of libpq.
// Safe: a PGresult is not changed after libpq has handed it out, and reading one from several threads is allowed
// (manual, 34.20 "Behavior in threaded programs").
final class PQResult: @unchecked Sendable {
    /// What a result is, as far as this module tells them apart.
    enum Kind: Equatable { case rows, row, done, failed, aborted, sync, copyIn, other }

    /// What is larger than this is not freed on a loop.
    static let largeBytes = 256 << 10

    private let pointer: OpaquePointer
    private let pool: BlockingPool?
    let kind: Kind
    let rowCount: Int
    let columnCount: Int

    /// - Parameter pool: where it is freed if it is large.
    init(_ pointer: OpaquePointer, pool: BlockingPool) {
        self.pointer = pointer
        self.pool = PQresultMemorySize(pointer) > Self.largeBytes ? pool : nil
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
        rowCount = Int(PQntuples(pointer))
        columnCount = Int(PQnfields(pointer))
    }

    deinit {
        guard let pool else { return PQclear(pointer) }
        nonisolated(unsafe) let pointer = pointer  // Nobody else has it any more.
        Disposal.run(in: pool) { PQclear(pointer) }
    }

    /// How much memory it takes.
    var bytes: Int { Int(PQresultMemorySize(pointer)) }

    /// "INSERT 0 1", "COMMIT".
    var commandTag: String { String(cString: PQcmdStatus(pointer)) }

    /// How many rows the statement changed or returned.
    var affectedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    func name(ofColumn column: Int) -> String { PQfname(pointer, Int32(column)).map { String(cString: $0) } ?? "?" }

    func type(ofColumn column: Int) -> PostgresType { PostgresType(rawValue: PQftype(pointer, Int32(column))) }

    /// The first column of this name.
    func column(named name: String) -> Int? { (0..<columnCount).first { self.name(ofColumn: $0) == name } }

    /// Lends one value; its bytes are valid in `body` only.
    func withCell<Value>(
        row: Int,
        column: Int,
        _ body: (PostgresCell) throws(PostgresCell.Mismatch) -> Value
    ) throws(PostgresCell.Mismatch) -> Value {
        let (row, index) = (Int32(row), Int32(column))
        var bytes: UnsafeRawBufferPointer?
        if PQgetisnull(pointer, row, index) == 0 {
            bytes = UnsafeRawBufferPointer(
                start: PQgetvalue(pointer, row, index),
                count: Int(PQgetlength(pointer, row, index))
            )
        }
        return try body(PostgresCell(bytes: bytes, type: type(ofColumn: column)))
    }

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
