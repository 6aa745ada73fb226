import Testing

@testable import Postgres

@Suite
struct CancelGateTests {
    @Test
    func oneAtATimeInOrder() {
        let gate = CancelGate()
        let (second, third) = (Counter(), Counter())
        #expect(gate.enter {})
        #expect(!gate.enter { second.increment() })
        #expect(!gate.enter { third.increment() })
        gate.leave()
        #expect(second.value == 1 && third.value == 0, "passed on, never free between")
        gate.leave()
        #expect(third.value == 1)
        gate.leave()
        #expect(gate.enter {})
    }
}
