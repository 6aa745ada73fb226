internal import Reactor

/// In which order the places are tried where a server may be, and how long each may take. A value without I/O or clock.
///
/// Each place gets an equal share of the time that is left, so a silent one leaves time for those behind it. libpq could
/// go through a list of hosts by itself, but without its own waiting it never leaves one that does not answer.
struct ConnectionPlan {
    enum Step {
        /// Look up the name of this host, then `resolved` or `failed`.
        case resolve(PostgresConfiguration.Host, until: MonotonicTime)
        /// Try it, then `failed` if it does not work.
        case attempt(ConnectionCandidate, until: MonotonicTime)
        /// Nothing is left to try.
        case failed(PostgresError)
    }

    private struct Place {
        /// The host's position in the configuration.
        let index: Int
        let host: PostgresConfiguration.Host
        var address: String?
        var isResolved: Bool
        var target: PostgresConfiguration.Target
    }

    private let deadline: MonotonicTime
    /// The first is the one that is being tried.
    private var places: [Place] = []
    /// With `preferStandby`: answered, but is no standby; tried again when there is no other.
    private var secondChoice: [Place] = []
    private let prefersStandby: Bool
    private var errors: [PostgresError] = []
    private var refusal: PostgresError?

    /// - Parameter order: the hosts' positions in the order in which to try them.
    init(_ configuration: PostgresConfiguration, order: [Int], deadline: MonotonicTime) {
        self.deadline = deadline
        prefersStandby = configuration.target == .preferStandby
        places = order.map { index in
            let host = configuration.hosts[index]
            return Place(
                index: index,
                host: host,
                isResolved: host.name.hasPrefix("/"),
                target: prefersStandby ? .standby : configuration.target
            )
        }
    }

    /// The position of the host that is being tried.
    var hostIndex: Int? { places.first?.index }

    /// What to do now.
    mutating func next(now: MonotonicTime) -> Step {
        if places.isEmpty, !secondChoice.isEmpty {
            places = secondChoice
            secondChoice = []
            for index in places.indices { places[index].target = .any }
        }
        guard refusal == nil, let place = places.first, now < deadline else { return .failed(outcome) }
        let share = now.duration(to: deadline) / (places.count + secondChoice.count)
        let until = now.advanced(by: share)
        guard place.isResolved else { return .resolve(place.host, until: until) }
        return .attempt(
            ConnectionCandidate(host: place.host, address: place.address, target: place.target),
            until: until
        )
    }

    /// The name that was to be looked up has these addresses, at least one.
    mutating func resolved(_ addresses: [String]) {
        guard var place = places.first else { return }
        place.isResolved = true
        let found = addresses.map { address in
            place.address = address
            return place
        }
        places.replaceSubrange(0..<1, with: found)
    }

    /// The present step did not work.
    /// - Parameter isSilent: because nobody answered in time.
    mutating func failed(_ error: PostgresError, isSilent: Bool) {
        guard !places.isEmpty else { return }
        let place = places.removeFirst()
        // The others have the same roles and passwords, and each attempt may count against the role.
        if error.isLoginRefusal { refusal = error }
        errors.append(error)
        if prefersStandby, place.target == .standby, place.isResolved, !isSilent { secondChoice.append(place) }
    }

    /// The error of the whole.
    private var outcome: PostgresError {
        if let refusal { return refusal }
        guard let last = errors.last else { return PostgresError(.connection, "the database did not answer in time") }
        var messages: [String] = []
        for error in errors where !messages.contains(error.message) { messages.append(error.message) }
        guard messages.count > 1 else { return last }
        // What is wrong with a certificate, nobody but the operator can mend.
        let telling = errors.first { $0.code == .tls }
        return PostgresError(telling?.code ?? .connection, messages.joined(separator: "; "))
    }
}
