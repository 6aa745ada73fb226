public import Logging
internal import Observe
public import Reactor
internal import Synchronization

/// Looks at the files of slots from time to time. Any thread.
public final class CertificateWatcher: Sendable {
    /// How often. By content and not by inotify: a mounted Secret is changed by the rename of a folder that its files are
    /// links into.
    public static let interval = Duration.seconds(2)

    private let slots: Mutex<[TLSSlot]>

    /// A watcher of these.
    public init(_ slots: [TLSSlot] = []) {
        self.slots = Mutex(slots)
    }

    /// Watches one more.
    public func add(_ slot: TLSSlot) {
        slots.withLock { $0.append(slot) }
    }

    /// Looks until its task is cancelled. Waits on a loop of `group`, reads on its blocking pool.
    public func run(
        on group: EventLoopGroup,
        logger: Logger,
        interval: Duration = CertificateWatcher.interval
    ) async throws {
        let loop = group.next()
        while true {
            try await loop.run { try await loop.sleep(for: interval) }
            for slot in slots.withLock({ $0 }) {
                switch try await group.blocking.run({ slot.reload() }) {
                case .unchanged: break
                case .replaced:
                    logger.notice(
                        "certificates changed",
                        metadata: ["slot": "\(slot.name)", "expires": "\(slot.expiry.map(\.description) ?? "-")"]
                    )
                case .refused(let error):
                    logger.error(
                        "changed certificates refused, the old ones still hold",
                        metadata: ["slot": "\(slot.name)", "problem": "\(error)"]
                    )
                }
            }
        }
    }
}
