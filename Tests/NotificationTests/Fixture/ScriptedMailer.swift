import Plugin
import Reactor
import Synchronization

/// What drivers of a test do with mails, and what they were given.
final class Script: Sendable {
    typealias Step = @Sendable (MailMessage) async -> MailOutcome

    struct Send: Sendable {
        let driver: String
        let message: MailMessage
        let time: MonotonicTime
        var outcome: MailOutcome?
    }

    private struct State {
        var step: Step = { _ in .accepted(providerID: "p") }
        var events: [MailEvent]?
        var sends: [Send] = []
        var now = 0
        var most = 0
    }

    private let state = Mutex(State())

    /// What is done with every mail from now on.
    func answer(_ step: @escaping Step) { state.withLock { $0.step = step } }

    /// What every report says from now on; without, no report is believed.
    func report(_ events: [MailEvent]) { state.withLock { $0.events = events } }

    func events() throws(MailReportError) -> [MailEvent] {
        guard let events = state.withLock({ $0.events }) else { throw MailReportError(.forged, "nobody signed this") }
        return events
    }

    /// All sends, in the order they began.
    var sends: [Send] { state.withLock { $0.sends } }

    /// Those that were taken.
    var accepted: [Send] {
        sends.filter { if case .accepted = $0.outcome { true } else { false } }
    }

    /// How many were under way at once, at the most.
    var mostAtOnce: Int { state.withLock { $0.most } }

    func send(_ message: MailMessage, as driver: String) async -> MailOutcome {
        let (step, index) = state.withLock { state -> (Step, Int) in
            state.sends.append(Send(driver: driver, message: message, time: .now()))
            state.now += 1
            state.most = max(state.most, state.now)
            return (state.step, state.sends.count - 1)
        }
        let outcome = await step(message)
        state.withLock { state in
            state.sends[index].outcome = outcome
            state.now -= 1
        }
        return outcome
    }
}

/// A driver that does what its context's script says; the script travels in the version, by number.
struct FirstMailer: Mailer {
    static var name: StaticString { "first" }
    let script: Script

    init(context: DriverContext) throws { script = try ScriptShelf.script(context.version) }

    func probe() async throws {}

    func send(_ message: MailMessage, _ deadline: MonotonicTime?) async -> MailOutcome {
        await script.send(message, as: "first")
    }

    func events(in report: MailReport) async throws(MailReportError) -> [MailEvent] { try script.events() }
}

/// Another one.
struct SecondMailer: Mailer {
    static var name: StaticString { "second" }
    let script: Script

    init(context: DriverContext) throws { script = try ScriptShelf.script(context.version) }

    func probe() async throws {}

    func send(_ message: MailMessage, _ deadline: MonotonicTime?) async -> MailOutcome {
        await script.send(message, as: "second")
    }
}

/// Where drivers, which the slot makes, find the script of their test.
enum ScriptShelf {
    struct Missing: Error {}

    private static let scripts = Mutex<[String: Script]>([:])

    static func put(_ script: Script, as name: String) { scripts.withLock { $0[name] = script } }

    static func script(_ name: String) throws -> Script {
        guard let script = scripts.withLock({ $0[name] }) else { throw Missing() }
        return script
    }
}
