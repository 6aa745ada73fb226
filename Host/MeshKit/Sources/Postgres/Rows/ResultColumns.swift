internal import CSystemPQ
internal import Glibc

/// The names and types of a result's columns. Immutable; shared by the results of one kind of statement.
final class ResultColumns: Sendable {
    /// Those of what returns no rows.
    static let none = ResultColumns(names: [], types: [])

    private let names: [ContiguousArray<CChar>]
    private let types: [PostgresType]

    private init(names: [ContiguousArray<CChar>], types: [PostgresType]) {
        self.names = names
        self.types = types
    }

    /// The columns of a result of libpq: `known` if they are those.
    static func of(_ result: OpaquePointer, known: ResultColumns?) -> ResultColumns {
        let count = Int(PQnfields(result))
        if count == 0 { return none }
        if let known, known.are(of: result, count) { return known }
        return ResultColumns(
            names: (0..<count).map { column in
                String(cString: PQfname(result, Int32(column))).utf8CString
            },
            types: (0..<count).map { PostgresType(rawValue: PQftype(result, Int32($0))) }
        )
    }

    var count: Int { types.count }

    func type(_ column: Int) -> PostgresType { types[column] }

    func name(_ column: Int) -> String {
        names[column].withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    /// The first column of this name.
    func column(named name: String) -> Int? { (0..<count).first { self.name($0) == name } }

    private func are(of result: OpaquePointer, _ count: Int) -> Bool {
        guard types.count == count else { return false }
        for column in 0..<count {
            guard types[column].rawValue == PQftype(result, Int32(column)) else { return false }
            let isSame = names[column].withUnsafeBufferPointer { name in
                guard let name = name.baseAddress, let other = PQfname(result, Int32(column)) else { return false }
                return strcmp(name, other) == 0
            }
            guard isSame else { return false }
        }
        return true
    }
}
