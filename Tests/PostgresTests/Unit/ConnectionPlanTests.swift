import Reactor
import Testing

@testable import Postgres

@Suite
struct ConnectionPlanTests {
    private func time(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000_000 + milliseconds * 1_000_000)
    }

    private func plan(
        _ hosts: [String],
        target: PostgresConfiguration.Target = .any,
        order: [Int]? = nil
    ) -> ConnectionPlan {
        var configuration = PostgresConfiguration(hosts: hosts.map { .init($0) }, user: "u", database: "d")
        configuration.target = target
        return ConnectionPlan(configuration, order: order ?? Array(hosts.indices), deadline: time(6_000))
    }

    /// "name target until", "? name until" for a look-up, or the message of the end.
    private func next(_ plan: inout ConnectionPlan, _ now: UInt64) -> String {
        func since(_ limit: MonotonicTime) -> Int64 { time(0).duration(to: limit).wholeNanoseconds / 1_000_000 }
        switch plan.next(now: time(now)) {
        case .failed(let error): return "\(error.code): \(error.message)"
        case .resolve(let host, let until): return "? \(host.name) \(since(until))"
        case .attempt(let candidate, let until):
            return "\(candidate.address ?? candidate.host.name) \(candidate.target.rawValue) \(since(until))"
        }
    }

    private func error(_ message: String, _ code: PostgresError.Code = .connection) -> PostgresError {
        PostgresError(code, message)
    }

    @Test
    func aSilentPlaceTakesItsShareOnly() {
        var plan = plan(["/a", "/b", "/c"])
        #expect(next(&plan, 0) == "/a any 2000")
        plan.failed(error("a is silent"), isSilent: true)
        #expect(next(&plan, 2_000) == "/b any 4000")
        plan.failed(error("b refuses"), isSilent: false)
        #expect(next(&plan, 2_001) == "/c any 6000", "the last has all that is left")
        plan.failed(error("c is silent"), isSilent: true)
        #expect(next(&plan, 6_000) == "connection: a is silent; b refuses; c is silent")
    }

    @Test
    func aNameStandsForAllItsAddresses() {
        var plan = plan(["a.example", "b.example"])
        #expect(next(&plan, 0) == "? a.example 3000")
        plan.resolved(["10.0.0.1", "10.0.0.2"])
        #expect(next(&plan, 0) == "10.0.0.1 any 2000")
        plan.failed(error("1"), isSilent: false)
        #expect(next(&plan, 0) == "10.0.0.2 any 3000" && plan.hostIndex == 0)
        plan.failed(error("2"), isSilent: false)
        #expect(next(&plan, 0) == "? b.example 6000" && plan.hostIndex == 1)
        plan.failed(error("b has no address"), isSilent: false)
        #expect(next(&plan, 1) == "connection: 1; 2; b has no address")
    }

    @Test
    func aLoginThatIsRefusedEndsIt() {
        var plan = plan(["/a", "/b"])
        _ = next(&plan, 0)
        var refused = error("wrong password")
        refused.sqlState = "28P01"
        plan.failed(refused, isSilent: false)
        #expect(next(&plan, 1) == "connection: wrong password")
    }

    @Test
    func aCertificateIsTheMoreTellingError() {
        var plan = plan(["/a", "/b"])
        plan.failed(error("expired", .tls), isSilent: false)
        #expect(next(&plan, 1) == "/b any 6000")
        plan.failed(error("refused"), isSilent: false)
        #expect(next(&plan, 2) == "tls: expired; refused")
    }

    @Test
    func withoutAStandbyWhoeverAnsweredWillDo() {
        var plan = plan(["/a", "/b", "/c"], target: .preferStandby)
        #expect(next(&plan, 0) == "/a standby 2000")
        plan.failed(error("a is no standby"), isSilent: false)
        #expect(next(&plan, 0) == "/b standby 2000", "a may be tried again and keeps its share")
        plan.failed(error("b is silent"), isSilent: true)
        #expect(next(&plan, 2_000) == "/c standby 4000")
        plan.failed(error("c is no standby"), isSilent: false)
        #expect(next(&plan, 2_000) == "/a any 4000")
        plan.failed(error("a went away"), isSilent: false)
        #expect(next(&plan, 2_000) == "/c any 6000")
        plan.failed(error("c went away"), isSilent: false)
        #expect(next(&plan, 2_000).hasPrefix("connection: "))
    }

    @Test
    func aSilentHostIsTriedLastForAWhile() {
        let silent = SilentHosts()
        #expect(silent.order(count: 3, now: time(0)) == [0, 1, 2])
        silent.wasSilent(0, now: time(0))
        #expect(silent.order(count: 3, now: time(1)) == [1, 2, 0])
        #expect(silent.order(count: 3, now: time(60_000)) == [0, 1, 2])
        silent.wasSilent(1, now: time(60_000))
        silent.answered(1)
        #expect(silent.order(count: 3, now: time(60_001)) == [0, 1, 2])
    }

    @Test
    func theServersCodeIsFoundInTheText() {
        func parse(_ reason: String) -> PostgresError {
            PostgresError(connecting: "connection to server at \"h\" (1.2.3.4), port 5432 failed: \(reason)")
        }
        #expect(parse("FATAL:  28P01: password authentication failed for user \"u\"").sqlState == "28P01")
        #expect(parse("FEHLER:  3D000: x").isRefusal)
        #expect(parse("FATAL:  57P03: the database system is starting up").isRefusal == false)
        #expect(parse("Connection refused").code == .connection && parse("Connection refused").sqlState == nil)
        #expect(parse("SSL error: certificate verify failed").code == .tls)
        #expect(parse("SSL SYSCALL error: EOF detected").code == .connection)
        #expect(parse("SSL error: unexpected eof while reading").code == .connection)
        #expect(parse("server does not support SSL, but SSL was required").isRefusal)
        #expect(parse("fe_sendauth: no password supplied").isLoginRefusal)
    }
}
