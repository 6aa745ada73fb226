import Testing

@testable import Postgres

@Suite
struct MigrationPlanTests {
    private let known = (1...3).map { Migration(number: $0, name: "m\($0)", sql: "SELECT \($0)") }

    private func applied(_ migrations: ArraySlice<Migration>) -> [MigrationPlan.Applied] {
        migrations.map { MigrationPlan.Applied(number: $0.number, name: $0.name, checksum: $0.checksum) }
    }

    @Test
    func doesWhatIsMissing() throws {
        #expect(try MigrationPlan(service: "s", known: known, applied: []).pending == known)
        #expect(try MigrationPlan(service: "s", known: known, applied: applied(known[..<2])).pending == [known[2]])
        #expect(try MigrationPlan(service: "s", known: known, applied: applied(known[...])).pending.isEmpty)
    }

    @Test
    func refusesWhatDoesNotFit() {
        #expect(throws: PostgresError.self) {
            try MigrationPlan(service: "s", known: [known[1]], applied: [])
        }
        #expect(throws: PostgresError.self) {
            try MigrationPlan(service: "s", known: Array(known[..<2]), applied: applied(known[...]))
        }
        #expect(throws: PostgresError.self) {
            try MigrationPlan(service: "s", known: known, applied: applied(known[1...]))
        }
        var changed = known
        changed[0] = Migration(number: 1, name: "m1", sql: "SELECT 1 ")
        #expect(throws: PostgresError.self) {
            try MigrationPlan(service: "s", known: changed, applied: applied(known[...]))
        }
    }
}
