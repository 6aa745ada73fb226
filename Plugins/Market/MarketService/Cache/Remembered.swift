import Plugin
import Reactor

/// A value that is loaded again when it is old, by one task however many ask. A value without a clock or I/O.
struct Remembered<Value> {
    /// What who asks does.
    enum Ask {
        case take(Value)
        /// It could not be loaded a moment ago.
        case fail(QuoteSourceError)
        /// Load it, and say `loaded` or `failed`; the old value, if there is one, serves if that fails.
        case load(old: Value?)
        /// Another one loads it: wait, and ask again.
        case wait
    }

    private var value: Value?
    private var failure: QuoteSourceError?
    private var freshUntil = MonotonicTime(nanoseconds: 0)
    private var keptUntil = MonotonicTime(nanoseconds: 0)
    private var isLoading = false
    private var waiting: [Int] = []
    private(set) var weight = 0

    /// - Parameter number: by which to call who has to wait.
    mutating func ask(_ now: MonotonicTime, as number: @autoclosure () -> Int, seat: inout Int?) -> Ask {
        let old = now < keptUntil ? value : nil
        if let old, now < freshUntil || isLoading { return .take(old) }
        if isLoading {
            let number = number()
            waiting.append(number)
            seat = number
            return .wait
        }
        if let failure, now < freshUntil { return .fail(failure) }
        isLoading = true
        return .load(old: old)
    }

    /// - Returns: the numbers of those that waited.
    mutating func loaded(
        _ new: Value,
        weight: Int,
        fresh: Duration,
        kept: Duration,
        _ now: MonotonicTime
    ) -> [Int] {
        value = new
        failure = nil
        self.weight = weight
        freshUntil = now.advanced(by: fresh)
        keptUntil = now.advanced(by: max(fresh, kept))
        return end()
    }

    /// The old value, or the failure, serves for `pause` before somebody tries again; but a cancelled load says nothing.
    mutating func failed(_ error: QuoteSourceError, pause: Duration, _ now: MonotonicTime) -> [Int] {
        if error.code != .cancelled {
            failure = error
            freshUntil = now.advanced(by: pause)
        }
        return end()
    }

    /// Whether somebody loads it.
    var isBusy: Bool { isLoading }

    /// Whether it is of no use at `now` any more.
    func isOver(_ now: MonotonicTime) -> Bool { !isLoading && keptUntil <= now }

    private mutating func end() -> [Int] {
        isLoading = false
        defer { waiting = [] }
        return waiting
    }
}
