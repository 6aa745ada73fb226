import Testing

@testable import Postgres

@Suite
struct PostgresMembersTests {
    private func members(_ queries: [PostgresQuery]) -> (members: PostgresMembers, lookUps: Int) {
        var kinds = StatementKinds(capacity: 8)
        var lookUps = 0
        let members = PostgresMembers(queries) { query in
            lookUps += 1
            return kinds.kind(of: query)
        }
        return (members, lookUps)
    }

    @Test
    func neighboursThatAreAlikeAreLookedUpOnce() {
        let (members, lookUps) = members(["SELECT \(1)", "SELECT \(2)", "UPDATE \(1)", "SELECT \(3)", "SELECT \(4)"])
        #expect(lookUps == 3)
        #expect((0..<5).map { members.kind($0)?.number } == [1, 1, 2, 1, 1])
        #expect((0..<5).map { members.isAsBefore($0) } == [false, true, false, false, true])
        #expect(members.costAsRead == nil)
    }

    @Test
    func theCostOfReadsIsTheirSum() {
        let (members, _) = members(["SELECT \(1)", "SELECT \(2)", "SELECT \("a")"])
        #expect(members.costAsRead == 3 * PostgresPoolState.gathered / 4)
        #expect(PostgresMembers(["SELECT 1"]) { _ in nil }.costAsRead == nil)
    }

    @Test
    func onlyWhatWasPreparedIsMeasured() {
        var (members, _) = members(["SELECT \(1)", "SELECT \(2)", "SELECT \("a")"])
        members.setWay(0, .preparing)
        #expect(members.unprepared.map(\.number) == [1])
        members.took(1000)
        #expect(members.kind(0)?.cost == PostgresPoolState.gathered / 4)
        members.setWay(0, .prepared)
        members.setWay(1, .prepared)
        members.took(1000)
        #expect(members.kind(0)?.cost == 1000)
        #expect(members.kind(2)?.cost == PostgresPoolState.gathered / 4)
        members.reset()
        #expect(members.way(0) == .unnamed)
    }
}
