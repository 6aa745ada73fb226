import Logging
import Plugin
import Postgres
import Reactor
import Synchronization

extension OutboxWorker {
    /// Leases what is due and starts to send it, until the worker stops; returns when the last send has ended.
    func dispatch() async {
        var isAway = false
        await withDiscardingTaskGroup { sends in
            while !Task.isCancelled {
                noteDriver()
                let step = state.withLock { $0.next(limits, unmarked: leases.count, at: .now()) }
                switch step {
                case .stop:
                    return
                case .wait(let time):
                    await wake.wait(time, on: loop)
                case .take(let most, let retries, let isProbe):
                    let start = MonotonicTime.now()
                    let mails: [ClaimedMail]
                    do {
                        mails = try await outbox.claim(owner, most: most, retries: retries, lease: limits.lease)
                        if isAway { logger.notice("the outbox is back") }
                        isAway = false
                    } catch {
                        if !isAway, !Task.isCancelled {
                            logger.error("the outbox cannot be read", metadata: ["reason": "\(error)"])
                        }
                        isAway = true
                        try? await loop.sleep(for: limits.poll)
                        continue
                    }
                    guard !mails.isEmpty else {
                        await wake.wait(limits.poll, on: loop)
                        continue
                    }
                    leases.add(mails.map(\.id), until: start.advanced(by: limits.lease))
                    state.withLock { $0.took(mails.map(\.attempt), isProbe: isProbe) }
                    for batch in Self.byRecipient(mails) {
                        sends.addTask { [self] in
                            for mail in batch { await deliver(mail, isProbe: isProbe) }
                        }
                    }
                }
            }
        }
    }

    /// Mails to one address go one after the other, as they were accepted.
    static func byRecipient(_ mails: [ClaimedMail]) -> [[ClaimedMail]] {
        guard mails.count > 1 else { return [mails] }
        var order: [[UInt8]] = []
        var groups: [[UInt8]: [ClaimedMail]] = [:]
        for mail in mails {
            if groups[mail.recipientHash] == nil { order.append(mail.recipientHash) }
            groups[mail.recipientHash, default: []].append(mail)
        }
        return order.compactMap { groups[$0]?.sorted { $0.seq < $1.seq } }
    }

    /// Another driver in the slot is given mails at once, whatever was wrong with the one before.
    private func noteDriver() {
        let generation = slot.status.generation
        if state.withLock({ $0.breaker.driver(generation) }) {
            logger.notice("mails go to another driver", metadata: ["driver": "\(slot.status.driver ?? "none")"])
        }
    }
}
