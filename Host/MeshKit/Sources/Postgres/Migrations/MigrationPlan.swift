/// What there is to do for a database that has had some migrations. A value without I/O.
struct MigrationPlan: Equatable {
    /// One line of the table.
    struct Applied: Equatable {
        let number: Int
        let name: String
        let checksum: String
    }

    /// What is missing, in order.
    let pending: [Migration]

    /// - Throws: `PostgresError` with code `migration` and one line that says what does not fit.
    init(service: String, known: [Migration], applied: [Applied]) throws(PostgresError) {
        for (index, migration) in known.enumerated() where migration.number != index + 1 {
            throw PostgresError(
                .migration,
                "migrations of \(service) must be numbered 1, 2, 3, …; number \(migration.number) is at place \(index + 1)"
            )
        }
        let applied = applied.sorted { $0.number < $1.number }
        for (index, line) in applied.enumerated() {
            guard line.number == index + 1 else {
                throw PostgresError(.migration, "the database of \(service) lacks migration \(index + 1)")
            }
            guard line.number <= known.count else {
                throw PostgresError(
                    .migration,
                    "the database of \(service) is newer than this build: it has migration \(applied.last?.number ?? 0)"
                        + " and this build knows \(known.count); run a newer build"
                )
            }
            let migration = known[index]
            guard migration.checksum == line.checksum else {
                throw PostgresError(
                    .migration,
                    "migration \(line.number) (\(migration.name)) of \(service) was changed after it was applied:"
                        + " restore its text and write a new migration"
                )
            }
        }
        pending = Array(known.dropFirst(applied.count))
    }
}
