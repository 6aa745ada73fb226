import Synchronization
import Testing

@testable import RPC

@Suite struct OnceReferenceTests {
    private final class Thing: Sendable {
        let alive: Count

        init(_ alive: Count) {
            self.alive = alive
            alive.value.wrappingAdd(1, ordering: .relaxed)
        }

        deinit { alive.value.wrappingSubtract(1, ordering: .relaxed) }
    }

    private final class Count: Sendable {
        let value = Atomic<Int>(0)
        var now: Int { value.load(ordering: .relaxed) }
    }

    private final class Holder: Sendable {
        let reference = OnceReference<Thing>()
    }

    @Test func theFirstIsKeptForAsLongAsItsHolder() {
        let alive = Count()
        var holder: Holder? = Holder()
        #expect(holder?.reference.value == nil)
        let first = holder.map { ObjectIdentifier($0.reference.set(Thing(alive))) }
        #expect(alive.now == 1)
        let second = holder.map { ObjectIdentifier($0.reference.set(Thing(alive))) }
        #expect(first == second && alive.now == 1)
        #expect(holder?.reference.value.map { ObjectIdentifier($0) } == first)
        holder = nil
        #expect(alive.now == 0)
    }

    @Test func whoSetAtOnceAllHaveTheSame() async {
        let alive = Count()
        for _ in 0..<200 {
            let holder = Holder()
            let found = await withTaskGroup(of: ObjectIdentifier.self) { tasks in
                for _ in 0..<8 {
                    tasks.addTask { ObjectIdentifier(holder.reference.value ?? holder.reference.set(Thing(alive))) }
                }
                var found: Set<ObjectIdentifier> = []
                for await each in tasks { found.insert(each) }
                return found
            }
            #expect(found.count == 1 && alive.now == 1)
        }
        #expect(alive.now == 0)
    }
}
