/// How far an order is. Pure: no clock, no I/O; one method per event. Each event that is taken adds to `news`, which
/// becomes the order's history when it is stored; an event that has no place in the state is refused with `false`.
///
/// Legal transitions (settlement in brackets):
///
///     accepted  → held       cash or shares are kept
///     accepted  → rejected   there is too little [none], or it took too long [owed: a hold may be there]
///     held      → executing  a price is pinned, and the brokerage is about to be asked
///     held      → cancelled, expired, rejected [owed]
///     executing → held       the brokerage has not kept the order: it waits for its limit here
///     executing → executing  another brokerage is asked, as the one before has kept nothing
///     executing → filled [owed]: the pivot; from here on only forward
///     executing → cancelled, expired, rejected [owed]: at the brokerage
///     owed      → done       cash was captured, credited or released
///
/// Filled, cancelled, rejected and expired are final; an order reaches exactly one of them.
///
/// A limit order waits in `held` while this service watches its price, and in `executing` while a brokerage that keeps
/// orders does; to the client both are "open". What a brokerage executes in parts is one fill: nothing is booked before
/// the brokerage says that no more will be executed, and then the part is the fill, and the rest is given back.
struct OrderProgress: Sendable, Equatable {
    /// The public life of an order.
    enum State: String, Sendable, CaseIterable {
        case accepted, held, executing, filled, cancelled, rejected, expired

        /// Whether nothing follows.
        var isFinal: Bool {
            switch self {
            case .filled, .cancelled, .rejected, .expired: true
            case .accepted, .held, .executing: false
            }
        }
    }

    /// What the client's cash or shares still have to be told.
    enum Settlement: String, Sendable { case none, owed, done }

    /// What is to be done next.
    enum Action: Sendable, Equatable {
        /// Keep cash or shares.
        case reserve
        /// Pin a price and begin to execute.
        case begin
        /// Ask the brokerage.
        case submit
        /// Capture, credit or release.
        case settle
        /// Nothing, before the price is reached, the day ends or the client cancels.
        case wait
        /// Nothing ever.
        case finish
    }

    /// One line of the history.
    struct Event: Sendable, Equatable {
        /// From 1 on, without gaps.
        let number: Int
        /// The state that was reached, or "settled".
        let what: String
        /// A stable code; empty where nothing was wrong.
        let problem: String
    }

    let type: OrderType
    private(set) var state: State
    private(set) var settlement: Settlement
    /// Why it was rejected: a stable code.
    private(set) var problem: String?
    /// How many events there were.
    private(set) var version: Int
    /// Events since this was read.
    private(set) var news: [Event] = []

    /// A new order: accepted.
    init(placing type: OrderType) {
        self.type = type
        (state, settlement, problem, version) = (.accepted, .none, nil, 0)
        note("accepted")
    }

    /// What was stored.
    init(type: OrderType, state: State, settlement: Settlement, problem: String?, version: Int) {
        self.type = type
        self.state = state
        self.settlement = settlement
        self.problem = problem
        self.version = version
    }

    /// What follows from where it is: enough for who finds the order after a crash.
    var next: Action {
        switch (state, settlement) {
        case (.accepted, _): .reserve
        case (.held, _): type == .market ? .begin : .wait
        case (.executing, _): .submit
        case (_, .owed): .settle
        default: .finish
        }
    }

    // MARK: Events

    /// Cash or shares are kept.
    mutating func reserved() -> Bool { move(from: [.accepted], to: .held) }

    /// There is too little; nothing is kept.
    mutating func refused(_ problem: String) -> Bool { move(from: [.accepted], to: .rejected, problem) }

    /// A price is pinned.
    mutating func began() -> Bool { move(from: [.held], to: .executing) }

    /// The brokerage waits for the limit.
    mutating func returned() -> Bool { type == .limit && move(from: [.executing], to: .held) }

    /// Another brokerage is about to be asked; the one before keeps no orders, so what it may have said is void.
    mutating func reassigned() -> Bool { move(from: [.executing], to: .executing) }

    /// The brokerage has filled it.
    mutating func filled() -> Bool { move(from: [.executing], to: .filled, owing: true) }

    /// The brokerage does not want it.
    mutating func declined(_ problem: String) -> Bool {
        move(from: [.executing], to: .rejected, problem, owing: true)
    }

    /// It took too long before the brokerage was asked. Whether something is kept is not known.
    mutating func abandoned() -> Bool {
        move(from: type == .market ? [.accepted, .held] : [.accepted], to: .rejected, "timed-out", owing: true)
    }

    /// The client takes it back.
    mutating func cancelled() -> Bool { move(from: [.held], to: .cancelled, owing: true) }

    /// The brokerage has taken it back, with nothing of it executed.
    mutating func withdrawn() -> Bool { move(from: [.executing], to: .cancelled, owing: true) }

    /// Its time was over at the brokerage, with nothing of it executed.
    mutating func lapsed() -> Bool { move(from: [.executing], to: .expired, owing: true) }

    /// Its day is over.
    mutating func expired() -> Bool { type == .limit && move(from: [.held], to: .expired, owing: true) }

    /// What was owed is done.
    mutating func settled() -> Bool {
        guard settlement == .owed else { return false }
        settlement = .done
        note("settled")
        return true
    }

    /// What was owed is done together with the event before: no call to others is needed.
    mutating func settledAtOnce() { if settlement == .owed { settlement = .done } }

    private mutating func move(
        from sources: [State],
        to target: State,
        _ problem: String? = nil,
        owing: Bool = false
    ) -> Bool {
        guard sources.contains(state) else { return false }
        state = target
        self.problem = problem
        if owing { settlement = .owed }
        note(target.rawValue, problem ?? "")
        return true
    }

    private mutating func note(_ what: String, _ problem: String = "") {
        version += 1
        news.append(Event(number: version, what: what, problem: problem))
    }
}

extension OrderProgress.Event {
    /// Whether the history of an order ends properly: exactly one final state, and it is the last but for "settled".
    static func isComplete(_ history: [String]) -> Bool {
        let finals = history.filter { OrderProgress.State(rawValue: $0)?.isFinal == true }
        return history.first == "accepted" && finals.count == 1
            && (history.last == finals.first || history.suffix(2) == [finals[0], "settled"])
    }
}
