/// What is known of each of several statements, and how it was sent. A value without I/O.
struct PostgresMembers {
    private struct Member {
        /// The place of its kind.
        let kind: Int
        var way = PostgresRequest.Way.unnamed
    }

    /// Neighbours that are alike share one: it is looked up, counted and held once.
    private var kinds: [StatementKind?] = []
    private var members: [Member] = []
    /// What all probably cost, in nanoseconds, if they are reads; nil if not.
    private(set) var costAsRead: Int64?

    /// None.
    init() {}

    /// Looks the statements up.
    init(_ queries: [PostgresQuery], _ kind: (PostgresQuery) -> StatementKind?) {
        members.reserveCapacity(queries.count)
        var cost: Int64? = 0
        var costOfOne: Int64?
        let all = queries.span
        for index in all.indices {
            if index == 0 || !fitsLast(all[index]) {
                let kind = kind(all[index])
                costOfOne = kind?.costAsRead
                kinds.append(kind)
            }
            if let costOfOne { cost? += costOfOne } else { cost = nil }
            members.append(Member(kind: kinds.count - 1))
        }
        costAsRead = cost
    }

    /// What is known of one.
    func kind(_ index: Int) -> StatementKind? { kinds[members[index].kind] }

    /// How one was sent.
    func way(_ index: Int) -> PostgresRequest.Way { members[index].way }

    /// One was sent, or has been prepared.
    mutating func setWay(_ index: Int, _ way: PostgresRequest.Way) { members[index].way = way }

    /// Whether one is of the same kind as the one before.
    func isAsBefore(_ index: Int) -> Bool { index > 0 && members[index].kind == members[index - 1].kind }

    /// Says what each statement took, in nanoseconds.
    func took(_ cost: Int64) {
        for index in members.indices where members[index].way == .prepared && !isAsBefore(index) {
            kind(index)?.took(cost)
        }
    }

    /// Those that were to be prepared and have not been.
    var unprepared: [StatementKind] { members.compactMap { $0.way == .preparing ? kinds[$0.kind] : nil } }

    /// As before they were sent.
    mutating func reset() {
        for index in members.indices { members[index].way = .unnamed }
    }

    private func fitsLast(_ query: PostgresQuery) -> Bool {
        if let last = kinds[kinds.count - 1] { last.fits(query) } else { false }
    }
}
