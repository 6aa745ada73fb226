public import Logging
internal import Observe
public import Reactor

/// Looks at the files of slots from time to time.
public struct CertificateWatcher: Sendable {
    /// How often. By content and not by inotify: a mounted Secret is changed by the rename of a folder that its files are
    /// links into.
    public static let interval = Duration.seconds(2)

    private let slots: [TLSSlot]

    /// A watcher of these.
    public init(_ slots: [TLSSlot]) {
        self.slots = slots
    }

    /// Looks until its task is cancelled. Waits on a loop of `group`, reads on its blocking pool.
    public func run(on group: EventLoopGroup, logger: Logger, interval: Duration = Self.interval) async throws {
        guard !slots.isEmpty else { return }
        let loop = group.next()
        while true {
            try await loop.run { try await loop.sleep(for: interval) }
            for slot in slots {
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
