internal import CSystemPQ
internal import Glibc

/// What one statement gave: its values in one piece of memory with the object itself, or where they are many, in libpq's.
///
/// The memory is: the place and length of each value, row by row, in two numbers; then the bytes of the values, one after
/// the other; then the command tag.
// Safe: not changed after it was made.
struct PostgresResult: @unchecked Sendable {
    private struct Head {
        let columns: ResultColumns
        let large: LargeResult?
        let rowCount: Int
        /// Of the memory behind.
        let bytes: Int
        let tagLength: Int
    }

    /// The length of NULL.
    private static let null = UInt32.max

    private let storage: ManagedBuffer<Head, UInt32>

    /// What a large result gave.
    init(_ large: LargeResult, _ columns: ResultColumns) {
        storage = .create(minimumCapacity: 0) { _ in
            Head(columns: columns, large: large, rowCount: large.rowCount, bytes: 0, tagLength: 0)
        }
    }

    /// Copies a result of libpq.
    init(copying source: OpaquePointer, _ columns: ResultColumns) {
        let (rows, width) = (Int(PQntuples(source)), columns.count)
        let tag = UnsafeRawBufferPointer(start: PQcmdStatus(source), count: strlen(PQcmdStatus(source)))
        var bytes = 8 * rows * width + tag.count
        for row in 0..<rows {
            for column in 0..<width { bytes += Int(PQgetlength(source, Int32(row), Int32(column))) }
        }
        let total = bytes
        storage = .create(minimumCapacity: (total + 3) / 4) { _ in
            Head(columns: columns, large: nil, rowCount: rows, bytes: total, tagLength: tag.count)
        }
        storage.withUnsafeMutablePointerToElements { memory in
            let start = UnsafeMutableRawPointer(memory)
            var (cell, place) = (0, 8 * rows * width)
            for row in 0..<rows {
                for column in 0..<width {
                    let (row, column) = (Int32(row), Int32(column))
                    let length = Int(PQgetlength(source, row, column))
                    memory[cell] = UInt32(truncatingIfNeeded: place)
                    memory[cell + 1] = UInt32(truncatingIfNeeded: length)
                    if length > 0, let value = PQgetvalue(source, row, column) {
                        (start + place).copyMemory(from: value, byteCount: length)
                        place += length
                    } else if PQgetisnull(source, row, column) != 0 {
                        memory[cell + 1] = Self.null
                    }
                    cell += 2
                }
            }
            if let first = tag.baseAddress { (start + place).copyMemory(from: first, byteCount: tag.count) }
        }
    }

    var columns: ResultColumns { storage.withUnsafeMutablePointerToHeader { $0.pointee.columns } }

    var rowCount: Int { storage.withUnsafeMutablePointerToHeader { $0.pointee.rowCount } }

    /// How much memory it takes, about.
    var bytes: Int { storage.withUnsafeMutablePointerToHeader { 64 + ($0.pointee.large?.bytes ?? $0.pointee.bytes) } }

    /// "INSERT 0 1", "COMMIT".
    var commandTag: String {
        storage.withUnsafeMutablePointers { head, memory in
            if let large = head.pointee.large { return large.commandTag }
            let start = UnsafeRawPointer(memory) + head.pointee.bytes - head.pointee.tagLength
            return String(decoding: UnsafeRawBufferPointer(start: start, count: head.pointee.tagLength), as: UTF8.self)
        }
    }

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
        try storage.withUnsafeMutablePointers { head, memory throws(PostgresCell.Mismatch) in
            let type = head.pointee.columns.type(column)
            if let large = head.pointee.large {
                return try large.withBytes(row: row, column: column) { bytes throws(PostgresCell.Mismatch) in
                    try body(PostgresCell(bytes: bytes, type: type))
                }
            }
            precondition(row >= 0 && row < head.pointee.rowCount, "outside of the rows")
            let cell = 2 * (row * head.pointee.columns.count + column)
            guard memory[cell + 1] != Self.null else { return try body(PostgresCell(bytes: nil, type: type)) }
            let start = UnsafeRawPointer(memory) + Int(memory[cell])
            let bytes = UnsafeRawBufferPointer(start: start, count: Int(memory[cell + 1]))
            return try body(PostgresCell(bytes: bytes, type: type))
        }
    }
}
