import Reactor
import Testing

@testable import NotificationService

@Suite struct RecoveryWatchTests {
    private func at(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000).advanced(by: .seconds(seconds))
    }

    private func recovers(failures: Int, over seconds: Double, with success: Double? = nil) -> Bool {
        var watch = RecoveryWatch()
        for index in 0..<failures {
            let now = seconds * Double(index) / Double(failures)
            if let success, now >= success, now < success + seconds / Double(failures) {
                _ = watch.succeeded(at: at(now))
            }
            watch.failed(at: at(now))
        }
        return watch.succeeded(at: at(seconds))
    }

    @Test func onlyALongTimeOfFailuresAloneIsAnOutage() {
        let found = [
            recovers(failures: 20, over: 60), recovers(failures: 500, over: 3600), recovers(failures: 19, over: 3600),
            recovers(failures: 500, over: 59), recovers(failures: 0, over: 100),
            // One good mail among the bad: the bad are to blame.
            recovers(failures: 30, over: 90, with: 45),
        ]
        #expect(found == [true, true, false, false, false, false])
    }

    @Test func aRecoveryIsToldOnce() {
        var watch = RecoveryWatch()
        for _ in 0..<20 { watch.failed(at: at(0)) }
        let told = [watch.succeeded(at: at(100)), watch.succeeded(at: at(101))]
        #expect(told == [true, false])
    }
}
