import Postgres
import Testing

@testable import WalletService

@Suite
struct OrderChangesTests {
    @Test
    func onlyNewVersionsAreNews() {
        let (one, two) = (PostgresUUID(high: 1, low: 1), PostgresUUID(high: 2, low: 2))
        var changes = OrderChanges()
        #expect(changes.news([(one, 3)]) == [])
        #expect(changes.news([(one, 3)]) == [])
        #expect(changes.news([(one, 3), (two, 1)]) == [1])
        #expect(changes.news([(one, 4), (two, 1)]) == [0])
        #expect(changes.news([(two, 2), (one, 4)]) == [0])
    }
}
