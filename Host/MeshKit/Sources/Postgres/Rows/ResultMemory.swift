internal import CSystemPQ
internal import Glibc

/// One piece of memory for results with the same columns, one behind the other: those of a batch come together, and a piece
/// for each costs more than all the rest of keeping them.
///
/// A result is: how many rows there are, how many bytes all of it takes, and the length of the command tag; the place and
/// length of each value, row by row, in two numbers; then the bytes of the values, one after the other; then the command tag.
// Safe: a result is not changed after it was added, and whoever adds them, a request, has ended when others see them.
struct ResultMemory: @unchecked Sendable {
    private struct Head {
        let columns: ResultColumns
        let width: Int
        let large: LargeResult?
        /// How many numbers there are, and how many are in use.
        let room: Int
        var used = 0
    }

    /// The length of NULL.
    private static let null = UInt32.max
    /// What comes before the values of a result, in numbers.
    private static let prefix = 3
    /// No more numbers than this for several results: who keeps one of them keeps all.
    private static let sharedRoom = 4096

    private let storage: ManagedBuffer<Head, UInt32>

    /// Memory for so many results like this one.
    init(for source: OpaquePointer, _ columns: ResultColumns, results: Int) {
        let size = Self.size(source, columns.count)
        let room = max(size, min(size * results, Self.sharedRoom))
        storage = .create(minimumCapacity: room) { _ in
            Head(columns: columns, width: columns.count, large: nil, room: room)
        }
    }

    /// For a result that stays where it is.
    init(_ large: LargeResult, _ columns: ResultColumns) {
        storage = .create(minimumCapacity: 0) { _ in
            Head(columns: columns, width: columns.count, large: large, room: 0)
        }
    }

    /// How many numbers a result takes.
    private static func size(_ source: OpaquePointer, _ width: Int) -> Int {
        let rows = Int(PQntuples(source))
        var bytes = 4 * (prefix + 2 * rows * width) + strlen(PQcmdStatus(source))
        for row in 0..<rows {
            for column in 0..<width { bytes += Int(PQgetlength(source, Int32(row), Int32(column))) }
        }
        return (bytes + 3) / 4
    }

    /// Copies a result of libpq. Gives where it is; nil if it has other columns, or there is no room.
    func add(_ source: OpaquePointer) -> Int? {
        storage.withUnsafeMutablePointers { head, numbers in
            let width = head.pointee.width
            guard head.pointee.columns.are(of: source) else { return nil }
            let size = Self.size(source, width)
            let start = head.pointee.used
            guard head.pointee.room - start >= size else { return nil }
            Self.copy(source, width, to: numbers + start)
            head.pointee.used += size
            return start
        }
    }

    private static func copy(_ source: OpaquePointer, _ width: Int, to numbers: UnsafeMutablePointer<UInt32>) {
        let rows = Int(PQntuples(source))
        let start = UnsafeMutableRawPointer(numbers)
        var (cell, place) = (prefix, 4 * (prefix + 2 * rows * width))
        for row in 0..<Int32(rows) {
            for column in 0..<Int32(width) {
                let length = Int(PQgetlength(source, row, column))
                numbers[cell] = UInt32(truncatingIfNeeded: place)
                numbers[cell + 1] = UInt32(truncatingIfNeeded: length)
                if length > 0, let value = PQgetvalue(source, row, column) {
                    (start + place).copyMemory(from: value, byteCount: length)
                    place += length
                } else if PQgetisnull(source, row, column) != 0 {
                    numbers[cell + 1] = null
                }
                cell += 2
            }
        }
        let length = strlen(PQcmdStatus(source))
        if let tag = PQcmdStatus(source) { (start + place).copyMemory(from: tag, byteCount: length) }
        (numbers[0], numbers[1], numbers[2]) = (UInt32(rows), UInt32(place + length), UInt32(length))
    }

    var columns: ResultColumns { storage.withUnsafeMutablePointerToHeader { $0.pointee.columns } }

    /// How many rows the result at a place has.
    func rowCount(_ start: Int) -> Int {
        storage.withUnsafeMutablePointers { head, numbers in
            head.pointee.large?.rowCount ?? Int(numbers[start])
        }
    }

    /// How much memory it takes, about.
    func bytes(_ start: Int) -> Int {
        storage.withUnsafeMutablePointers { head, numbers in
            64 + (head.pointee.large?.bytes ?? Int(numbers[start + 1]))
        }
    }

    /// Its command tag.
    func commandTag(_ start: Int) -> String {
        storage.withUnsafeMutablePointers { head, numbers in
            if let large = head.pointee.large { return large.commandTag }
            let length = Int(numbers[start + 2])
            let text = UnsafeRawPointer(numbers + start) + Int(numbers[start + 1]) - length
            return String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
        }
    }

    /// Lends one of its values; the bytes are valid in `body` only.
    func withCell<Value>(
        _ start: Int,
        row: Int,
        column: Int,
        _ body: (PostgresCell) throws(PostgresCell.Mismatch) -> Value
    ) throws(PostgresCell.Mismatch) -> Value {
        try storage.withUnsafeMutablePointers { head, numbers throws(PostgresCell.Mismatch) in
            let type = head.pointee.columns.type(column)
            if let large = head.pointee.large {
                return try large.withBytes(row: row, column: column) { bytes throws(PostgresCell.Mismatch) in
                    try body(PostgresCell(bytes: bytes, type: type))
                }
            }
            precondition(row >= 0 && row < Int(numbers[start]), "outside of the rows")
            let cell = start + Self.prefix + 2 * (row * head.pointee.width + column)
            guard numbers[cell + 1] != Self.null else { return try body(PostgresCell(bytes: nil, type: type)) }
            let bytes = UnsafeRawBufferPointer(
                start: UnsafeRawPointer(numbers + start) + Int(numbers[cell]),
                count: Int(numbers[cell + 1])
            )
            return try body(PostgresCell(bytes: bytes, type: type))
        }
    }
}
