import Postgres
import Testing

@testable import WalletService

@Suite
struct OrderChangesTests {
    private let one = PostgresUUID(high: 1, low: 1)
    private let two = PostgresUUID(high: 2, low: 2)

    @Test
    func onlyNewVersionsAreNews() {
        var changes = OrderChanges()
        #expect(turn(&changes, [(one, 3)]) == [])
        #expect(turn(&changes, [(one, 3)]) == [])
        #expect(turn(&changes, [(one, 3), (two, 1)]) == [1])
        #expect(turn(&changes, [(one, 4), (two, 1)]) == [0])
        #expect(turn(&changes, [(two, 2), (one, 4)]) == [0])
    }

    @Test
    func whoComesBackMissesNothing() {
        var changes = OrderChanges(isResumed: true)
        #expect(turn(&changes, [(one, 3), (two, 1)]) == [0, 1])
        #expect(turn(&changes, [(one, 3), (two, 2)]) == [1])
    }

    @Test
    func whatChangesBetweenPagesIsNewsOnce() {
        var changes = OrderChanges(isResumed: true)
        #expect(changes.news([(one, 3)]) == [0])
        #expect(changes.news([(two, 1), (one, 4)]) == [0, 1])
        changes.endTurn()
        #expect(turn(&changes, [(one, 4), (two, 1)]) == [])
    }

    private func turn(_ changes: inout OrderChanges, _ orders: [(id: PostgresUUID, version: Int)]) -> [Int] {
        defer { changes.endTurn() }
        return changes.news(orders)
    }
}
