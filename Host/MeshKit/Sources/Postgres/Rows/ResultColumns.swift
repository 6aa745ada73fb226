internal import CSystemPQ
internal import Glibc

/// The names and types of a result's columns. Immutable; shared by the results of one kind of statement.
final class ResultColumns: Sendable {
    /// Those of what returns no rows.
    static let none = ResultColumns(names: [], types: [])

    /// All names, each with its end, one after the other; and where each begins.
    private let text: ContiguousArray<CChar>
    private let starts: [Int]
    private let types: [PostgresType]

    private init(names: [String], types: [PostgresType]) {
        var text: ContiguousArray<CChar> = []
        starts = names.map { name in
            defer { text.append(contentsOf: name.utf8CString) }
            return text.count
        }
        self.text = text
        self.types = types
    }

    /// The columns of a result of libpq: `known` if they are those.
    static func of(_ result: OpaquePointer, known: ResultColumns?) -> ResultColumns {
        let count = Int(PQnfields(result))
        if count == 0 { return none }
        if let known, known.are(of: result) { return known }
        return ResultColumns(
            names: (0..<count).map { PQfname(result, Int32($0)).map { String(cString: $0) } ?? "" },
            types: (0..<count).map { PostgresType(rawValue: PQftype(result, Int32($0))) }
        )
    }

    var count: Int { types.count }

    func type(_ column: Int) -> PostgresType { types[column] }

    func name(_ column: Int) -> String {
        text.withUnsafeBufferPointer { text in
            text.baseAddress.map { String(cString: $0 + starts[column]) } ?? ""
        }
    }

    /// The first column of this name.
    func column(named name: String) -> Int? { (0..<count).first { self.name($0) == name } }

    /// Whether they are those of a result of libpq.
    func are(of result: OpaquePointer) -> Bool {
        let count = Int(PQnfields(result))
        guard types.count == count else { return false }
        return text.withUnsafeBufferPointer { text in
            for column in 0..<count {
                guard types[column].rawValue == PQftype(result, Int32(column)), let names = text.baseAddress,
                    let name = PQfname(result, Int32(column)), strcmp(names + starts[column], name) == 0
                else { return false }
            }
            return true
        }
    }
}
