/// How many requests are being answered. A value.
struct Occupancy: Sendable {
    /// How many at once.
    struct Limits: Sendable {
        var requests: Int
        var requestsPerAddress: Int
        var streams: Int
        var streamsPerAddress: Int
    }

    enum Entry: Sendable, Equatable {
        case entered
        /// The process has enough to do.
        case full
        /// This client has enough open.
        case tooMany
    }

    private struct Use {
        var requests = 0
        var streams = 0

        subscript(isStream: Bool) -> Int {
            get { isStream ? streams : requests }
            set { if isStream { streams = newValue } else { requests = newValue } }
        }
    }

    private let limits: Limits
    private var all = Use()
    private var byAddress: [LimitSubject: Use] = [:]

    init(_ limits: Limits) { self.limits = limits }

    /// How many requests and streams there are.
    var count: Int { all.requests + all.streams }
    /// How many clients are remembered.
    var clients: Int { byAddress.count }

    mutating func enter(_ address: LimitSubject?, isStream: Bool) -> Entry {
        guard all[isStream] < (isStream ? limits.streams : limits.requests) else { return .full }
        if let address {
            let most = isStream ? limits.streamsPerAddress : limits.requestsPerAddress
            let entered = { (use: inout Use) in
                guard use[isStream] < most else { return false }
                use[isStream] += 1
                return true
            }
            guard entered(&byAddress[address, default: Use()]) else { return .tooMany }
        }
        all[isStream] += 1
        return .entered
    }

    mutating func leave(_ address: LimitSubject?, isStream: Bool) {
        all[isStream] -= 1
        precondition(all[isStream] >= 0, "who leaves has entered")
        guard let address, var use = byAddress[address] else { return }
        use[isStream] -= 1
        byAddress[address] = use.requests + use.streams == 0 ? nil : use
    }
}
