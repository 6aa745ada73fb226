internal import SwiftProtobuf

/// The statuses and who watches them.
struct HealthBoard {
    typealias Status = Grpc_Health_V1_HealthCheckResponse.ServingStatus
    typealias Watcher = AsyncStream<Status>.Continuation

    private(set) var all: [String: Status]
    private var watchers: [String: [UInt64: Watcher]] = [:]
    private var lastTicket: UInt64 = 0
    private var isEnding = false

    init(services: [String]) {
        all = Dictionary((services + [""]).map { ($0, .notServing) }, uniquingKeysWith: { first, _ in first })
    }

    var services: [String] { Array(all.keys) }

    func status(of service: String) -> Status? {
        all[service]
    }

    /// Tells the watchers, if it is a change. Under the board's lock, so that they hear changes in their order.
    mutating func set(_ service: String, _ status: Status) {
        guard all.updateValue(status, forKey: service) != status else { return }
        for watcher in (watchers[service] ?? [:]).values {
            watcher.yield(status)
        }
    }

    /// Tells a new watcher how things stand, before anything can change.
    mutating func watch(_ service: String, _ watcher: Watcher) -> UInt64 {
        lastTicket += 1
        watcher.yield(all[service] ?? .serviceUnknown)
        if isEnding {
            watcher.finish()
        } else {
            watchers[service, default: [:]][lastTicket] = watcher
        }
        return lastTicket
    }

    /// Lets every watcher go once it has read what it was told, and takes no more.
    mutating func endWatches() {
        isEnding = true
        for watcher in watchers.values.flatMap(\.values) { watcher.finish() }
        watchers = [:]
    }

    mutating func unwatch(_ service: String, _ ticket: UInt64) {
        watchers[service]?[ticket] = nil
        if watchers[service]?.isEmpty == true {
            watchers[service] = nil
        }
    }
}
