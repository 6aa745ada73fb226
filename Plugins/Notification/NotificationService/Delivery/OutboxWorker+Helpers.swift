import Logging
import Postgres
import Reactor

extension OutboxWorker {
    /// Renews what is leased, three times in the life of a lease.
    func keepLeases() async {
        var pause = limits.lease / 3
        while (try? await loop.sleep(for: pause)) != nil {
            let ids = leases.ids
            pause = limits.lease / 3
            guard !ids.isEmpty else { continue }
            let start = MonotonicTime.now()
            do {
                let kept = try await outbox.renew(ids, owner, lease: limits.lease)
                leases.extend(kept, until: start.advanced(by: limits.lease))
            } catch {
                pause = limits.lease / 20
            }
        }
    }

    /// Wakes the dispatcher when another process has accepted a mail. What is missed is found by looking, a little later.
    func listen() async {
        while !Task.isCancelled {
            do {
                try await outbox.database.listen(Outbox.channel) { notifications in
                    wake.signal()
                    while true {
                        _ = try await notifications.next()
                        wake.signal()
                    }
                }
            } catch {
                guard (try? await loop.sleep(for: limits.poll)) != nil else { return }
            }
        }
    }

    /// Ends what has expired, counts what is left, removes what is old.
    func keepHouse() async {
        var turn = 0
        while (try? await loop.sleep(for: limits.poll)) != nil {
            defer { turn += 1 }
            do {
                while try await outbox.expire() == 500 {}
                if turn % 5 == 0 { metrics.depth.set(try await outbox.depth()) }
                if turn % 60 == 0 { while try await outbox.clean() > 1000 {} }
            } catch {
                // The dispatcher says it when the database is away.
                logger.debug("the outbox was not looked after", metadata: ["reason": "\(error)"])
            }
        }
    }
}
