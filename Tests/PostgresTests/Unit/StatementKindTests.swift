import Testing

@testable import Postgres

@Suite
struct StatementKindTests {
    @Test
    func onlyPlainSelectsAreReads() {
        for sql in ["SELECT 1", "\n  select a FROM t WHERE b = $1"] { #expect(StatementKind.isRead(sql), "\(sql)") }
        for sql in [
            "SELECT a FROM t FOR UPDATE", "SELECT pg_advisory_lock(1)", "SELECT\tPG_SLEEP(1)", "UPDATE t SET a = 1",
            "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", "-- SELECT\nDELETE FROM t", "",
        ] { #expect(!StatementKind.isRead(sql), "\(sql)") }
    }

    @Test
    func theSameTextWithOtherTypesIsAnotherStatement() {
        var kinds = StatementKinds(capacity: 8)
        let one = kinds.kind(of: "SELECT \(Int32(1))")
        #expect(kinds.kind(of: "SELECT \(Int32(2))") === one)
        #expect(kinds.kind(of: "SELECT \(Int64(1))").number != one.number)
        #expect(kinds.kind(of: "SELECT $1").number != one.number, "no parameter at all")
    }

    @Test
    func textsThatOnlyLookAlikeAreTold() {
        var kinds = StatementKinds(capacity: 64)
        let queries: [PostgresQuery] = [
            "SELECT \(1), \(2)", "SELECT \(1),\(2)", "SELECT \(1), \(2) ", "SELECT $1, \(2)", "SELECT \(1), $2",
            "SELECT \(1)", "SELECT \("1")", "SELECT \(unsafeSQL: "$1")",
        ]
        #expect(Set(queries.map { kinds.kind(of: $0).number }).count == queries.count)
        // More than are compared with first.
        for query in queries + queries.reversed() { #expect(kinds.kind(of: query).fits(query)) }
        for number in 0..<20 { _ = kinds.kind(of: PostgresQuery(unsafeSQL: "SELECT \(number)")) }
        #expect(kinds.kind(of: "SELECT \(7), \(8)").number == 1)
    }

    @Test
    func tooManyTextsAreForgotten() {
        var kinds = StatementKinds(capacity: 4)
        let first = kinds.kind(of: "SELECT 1")
        for number in 0..<9 { _ = kinds.kind(of: PostgresQuery(unsafeSQL: "SELECT \(number)1")) }
        #expect(kinds.kind(of: "SELECT 1").number > first.number)
    }

    @Test
    func theLastOnesCountMost() {
        let kind = StatementKind(number: 1, "SELECT 1")
        #expect(kind.cost == PostgresPoolState.gathered / 4)
        kind.took(1000)
        #expect(kind.cost == 1000)
        for _ in 0..<20 { kind.took(5000) }
        #expect((4900...5000).contains(kind.cost))
    }
}
