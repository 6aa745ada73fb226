/// Which requests of one loop may be under way, so that their connections stay within the limits: the others wait, in
/// order for each origin, and origins take turns. A value without I/O.
///
/// curl has such limits too, but looks only at the first request that waits: one for a busy host would hold up those for
/// idle hosts. So they wait here, and curl's limits are the net below. Nor is its CURLOPT_PIPEWAIT used, which lets
/// requests wait for a connection that may turn out to be HTTP/2: when that one breaks before its first answer, libcurl
/// 7.88 keeps it and wakes nobody. Here the first request of an origin goes ahead, and the others follow when it has a
/// connection, or has failed.
struct ConnectionGate {
    typealias ID = UInt64

    private struct Origin {
        var inFlight = 0
        /// Requests that one connection carries at once.
        var streams = 1
        /// Whether requests may share a connection, as HTTP/2 allows: the others wait for the first one's.
        var shares = false
        /// Whether the first one has its connection, or was the last to be waited for.
        var isOpen = false
        var waiting: [ID] = []
        var first = 0
        var waits: Bool { first < waiting.count }
        var connections: Int { (inFlight + streams - 1) / streams }
    }

    /// So many origins are remembered with nothing under way.
    static let rememberedOrigins = 1024

    private let maximum: Int
    private let maximumPerOrigin: Int
    private let maximumWaiting: Int
    private var origins: [String: Origin] = [:]
    /// Those with requests that wait, whose turn is next first.
    private var turns: [String] = []
    /// How many connections those under way are reckoned to use.
    private(set) var connections = 0
    private var cancelled: Set<ID> = []
    private(set) var waiting = 0

    init(connections: Int, perOrigin: Int, waiting: Int) {
        maximum = connections
        maximumPerOrigin = perOrigin
        maximumWaiting = waiting
    }

    /// How many requests are under way.
    var inFlight: Int { origins.values.reduce(0) { $0 + $1.inFlight } }

    /// What `enter` says.
    enum Entry: Equatable { case start, wait, refused }

    /// A request wants to start. `shares`: connections to this origin may be HTTP/2.
    mutating func enter(_ id: ID, _ name: String, shares: Bool = false) -> Entry {
        var origin = origins[name] ?? Origin()
        origin.shares = shares
        if !origin.waits, canStart(origin) {
            start(&origin)
            origins[name] = origin
            return .start
        }
        guard waiting < maximumWaiting else { return .refused }
        if !origin.waits { turns.append(name) }
        origin.waiting.append(id)
        origins[name] = origin
        waiting += 1
        return .wait
    }

    /// A request that waits is given up.
    mutating func cancel(_ id: ID) {
        cancelled.insert(id)
        waiting -= 1
    }

    /// A request that was under way is over.
    /// - Returns: those that start now.
    mutating func leave(_ name: String) -> [ID] {
        guard var origin = origins[name], origin.inFlight > 0 else { return [] }
        connections -= origin.connections
        origin.inFlight -= 1
        connections += origin.connections
        // A first one that failed is not followed by one after the other: that could take as many time-outs.
        origin.isOpen = origin.waits && origin.shares || origin.isOpen && origin.inFlight > 0
        origins[name] = origin
        forget(name)
        return admit()
    }

    /// Whether others wait for a connection to this origin.
    func awaitsConnection(_ name: String) -> Bool {
        origins[name].map { $0.shares && !$0.isOpen } ?? false
    }

    /// A request has its connection to this origin.
    /// - Returns: those that start now.
    mutating func opened(_ name: String) -> [ID] {
        guard awaitsConnection(name) else { return [] }
        origins[name]?.isOpen = true
        return admit()
    }

    /// An answer showed how many requests a connection to this origin carries: 1, or a number for HTTP/2.
    /// - Returns: those that start now.
    mutating func learned(_ name: String, streams: Int) -> [ID] {
        guard var origin = origins[name], origin.streams != streams else { return [] }
        connections -= origin.connections
        origin.streams = max(1, streams)
        connections += origin.connections
        origins[name] = origin
        return admit()
    }

    // MARK: Private

    private func canStart(_ origin: Origin) -> Bool {
        if origin.shares, !origin.isOpen, origin.inFlight > 0 { return false }
        // Room on a connection that is there anyway costs nothing.
        if origin.inFlight < origin.connections * origin.streams { return true }
        return origin.connections < maximumPerOrigin && connections < maximum
    }

    private mutating func start(_ origin: inout Origin) {
        connections -= origin.connections
        origin.inFlight += 1
        connections += origin.connections
    }

    private mutating func admit() -> [ID] {
        var started: [ID] = []
        var stuck = 0
        while stuck < turns.count {
            let name = turns.removeFirst()
            guard var origin = origins[name] else { continue }
            skipCancelled(&origin)
            guard origin.waits else {
                origin.waiting = []
                origin.first = 0
                origin.isOpen = origin.isOpen && origin.inFlight > 0
                origins[name] = origin
                forget(name)
                continue
            }
            if canStart(origin) {
                started.append(origin.waiting[origin.first])
                origin.first += 1
                waiting -= 1
                start(&origin)
                stuck = 0
            } else {
                stuck += 1
            }
            if !origin.waits || origin.first > 1024 {
                origin.waiting.removeSubrange(..<origin.first)
                origin.first = 0
            }
            origins[name] = origin
            if origin.waits { turns.append(name) }
        }
        return started
    }

    private mutating func skipCancelled(_ origin: inout Origin) {
        while origin.waits, cancelled.remove(origin.waiting[origin.first]) != nil { origin.first += 1 }
    }

    private mutating func forget(_ name: String) {
        guard let origin = origins[name], origin.inFlight == 0, !origin.waits else { return }
        // What was learned about an origin is worth keeping, within reason.
        if origin.streams == 1 || origins.count > Self.rememberedOrigins { origins[name] = nil }
    }
}
