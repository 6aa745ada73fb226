import Logging
import Observe
import Plugin
import Postgres
import Reactor
import Synchronization

extension OutboxWorker {
    /// One attempt: looks whether the mail may still be sent, sends it, and notes what became of it.
    func deliver(_ mail: ClaimedMail, isProbe: Bool) async {
        defer {
            state.withLock { $0.ended(attempt: mail.attempt) }
            wakeIfStarved()
        }
        if let decision = hindrance(mail, isProbe: isProbe) {
            if isProbe { state.withLock { $0.breaker.probeCameToNothing(at: .now()) } }
            note(mail, decision, driver: "")
            return
        }
        let message: MailMessage
        do {
            message = try compose(mail)
        } catch {
            if isProbe { state.withLock { $0.breaker.probeCameToNothing(at: .now()) } }
            note(mail, .dead(problem: "\(error)"), driver: "")
            return
        }
        let generation = slot.status.generation
        let start = MonotonicTime.now()
        let (driver, outcome) = await whileLeased(mail.id) { [self] in await hand(message, mail) }
        metrics.duration.with(driver).observe(start.duration(to: .now()))
        metrics.sends.with(driver, outcome.label).increment()
        tellBreaker(outcome, generation, driver)
        await noteRecovery(outcome)
        var generator = SystemRandomNumberGenerator()
        let standing = DeliveryState(urgency: mail.kind.urgency, attempt: mail.attempt, age: mail.age)
        note(mail, standing.decision(after: outcome, &generator), driver: driver)
    }

    /// Why the mail is not sent now; nil if it may be.
    private func hindrance(_ mail: ClaimedMail, isProbe: Bool) -> DeliveryDecision? {
        let now = MonotonicTime.now()
        if let expires = mail.expires, expires <= now { return .expired }
        if Task.isCancelled || (leases.end(mail.id) ?? now) <= now { return .givenBack }
        return state.withLock { $0.isStopping || (!isProbe && !$0.breaker.isClosed) } ? .givenBack : nil
    }

    private func compose(_ mail: ClaimedMail) throws -> MailMessage {
        guard let content = outbox.keys.keyring.open(mail.payload, by: mail.keyID, for: mail.id) else {
            throw UnreadableContent()
        }
        return try composer.message(mail, content: content)
    }

    private struct UnreadableContent: Error, CustomStringConvertible {
        let description = "the content cannot be opened; \(OutboxKeyring.setting) lacks the key that it was sealed with"
    }

    private func hand(_ message: MailMessage, _ mail: ClaimedMail) async -> (driver: String, outcome: MailOutcome) {
        let latest = MonotonicTime.now().advanced(by: limits.send)
        let deadline = mail.expires.map { min($0, latest) } ?? latest
        do {
            return try await slot.use { mailer in
                (type(of: mailer).name.description, await mailer.send(message, deadline))
            }
        } catch {
            // Only the slot throws: it is empty.
            return ("none", .driverFault(until: .now().advanced(by: limits.poll), reason: "\(error)"))
        }
    }

    /// Runs a send, and cancels it if its lease ends: from then on another worker may send the mail.
    private func whileLeased(
        _ id: PostgresUUID,
        _ send: @escaping @Sendable () async -> (driver: String, outcome: MailOutcome)
    ) async -> (driver: String, outcome: MailOutcome) {
        await withTaskGroup(of: (driver: String, outcome: MailOutcome)?.self) { tasks in
            tasks.addTask { await send() }
            tasks.addTask { [self] in
                while let end = leases.end(id), end > .now() {
                    guard (try? await loop.sleep(until: end)) != nil else { return nil }
                }
                return nil
            }
            while let ended = await tasks.next() {
                tasks.cancelAll()
                if let ended { return ended }
            }
            preconditionFailure("a send ends with an outcome")
        }
    }

    private func tellBreaker(_ outcome: MailOutcome, _ generation: Int, _ driver: String) {
        guard case .driverFault(let until, let reason) = outcome else {
            state.withLock { $0.breaker.answered(generation) }
            return
        }
        let wasClosed = state.withLock { state in
            defer { state.breaker.fault(generation, until: until, at: .now()) }
            return state.breaker.isClosed
        }
        if wasClosed {
            logger.error("the mail driver cannot send", metadata: ["driver": "\(driver)", "reason": "\(reason)"])
        }
    }

    /// After an outage that the driver told as one failure after the other, what waits need not wait any longer.
    private func noteRecovery(_ outcome: MailOutcome) async {
        let hasRecovered = state.withLock { state in
            switch outcome {
            case .accepted: return state.recovery.succeeded(at: .now())
            case .retry, .unknownOutcome: state.recovery.failed(at: .now())
            case .permanentRecipient, .permanentMessage, .driverFault: break
            }
            return false
        }
        guard hasRecovered, let count = try? await outbox.hasten(), count > 0 else { return }
        logger.notice("mails are taken again: those that wait are tried now", metadata: ["mails": "\(count)"])
        wake.signal()
    }

    private func note(_ mail: ClaimedMail, _ decision: DeliveryDecision, driver: String) {
        marks.add(
            DeliveryMark(
                id: mail.id,
                attempt: mail.attempt,
                urgency: mail.kind.urgency,
                driver: driver,
                decision: decision
            )
        )
        switch decision {
        case .sent:
            metrics.endings.with(mail.kind.rawValue, "sent").increment()
        case .expired:
            metrics.endings.with(mail.kind.rawValue, "expired").increment()
        case .dead(let problem):
            metrics.endings.with(mail.kind.rawValue, "dead").increment()
            logger.warning(
                "a mail was given up",
                metadata: [
                    "mail": "\(mail.id)", "kind": "\(mail.kind.rawValue)", "driver": "\(driver)",
                    "reason": "\(problem)",
                ]
            )
        case .again, .givenBack: break
        }
    }
}
