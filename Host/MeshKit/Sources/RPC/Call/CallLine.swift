/// Who asks for what at the same time, for `SharedCalls`. A value: it says who makes a call and who comes along.
///
/// Of a key: nobody → boarding (somebody is about to call, others come along) → under way (others wait for the next one)
/// → boarding, or nobody.
@usableFromInline
struct CallLine<Key: Hashable, Seat> {
    @usableFromInline
    struct Stop {
        /// Those who come along with the call that is about to begin, or is under way.
        @usableFromInline var passengers: [Seat]
        /// Those who came too late for it, the first of whom makes the next one.
        @usableFromInline var late: [Seat] = []
        @usableFromInline var isUnderWay = false

        @inlinable
        init(passengers: [Seat] = []) { self.passengers = passengers }
    }

    @usableFromInline var stops: [Key: Stop] = [:]

    @inlinable
    init() {}

    /// Of how many keys calls are made.
    var count: Int { stops.count }

    /// Somebody asks.
    /// - Returns: whether it is for him to call, so that the seat is not kept.
    @inlinable
    mutating func arrive(_ key: Key, _ seat: Seat) -> Bool {
        guard let isUnderWay = stops[key]?.isUnderWay else {
            stops[key] = Stop()
            return true
        }
        if isUnderWay { stops[key]?.late.append(seat) } else { stops[key]?.passengers.append(seat) }
        return false
    }

    /// The call begins: who comes from now on needs the next one.
    @inlinable
    mutating func depart(_ key: Key) {
        precondition(stops[key]?.isUnderWay == false, "calls of a key go one after the other")
        stops[key]?.isUnderWay = true
    }

    /// The call has ended.
    /// - Returns: who gets what it brought, and who is to make the next one.
    @inlinable
    mutating func land(_ key: Key) -> (passengers: [Seat], next: Seat?) {
        guard let stop = stops[key], stop.isUnderWay else { preconditionFailure("a call ends that did not begin") }
        guard let next = stop.late.first else {
            stops[key] = nil
            return (stop.passengers, nil)
        }
        stops[key] = Stop(passengers: Array(stop.late.dropFirst()))
        return (stop.passengers, next)
    }
}
