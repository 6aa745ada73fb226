/// How long to wait after failures in a row.
struct AttemptBackoff: Sendable, Equatable {
    /// So many cost nothing.
    var free = 5
    /// The wait after the last free one.
    var first = Duration.seconds(1)
    /// It doubles up to here.
    var longest = Duration.seconds(900)
    /// Failures are forgotten when none has come for so long.
    var memory = Duration.seconds(86_400)

    /// The wait after this many failures.
    func wait(afterFailures count: Int) -> Duration {
        guard count >= free else { return .zero }
        var wait = first
        for _ in free..<count where wait < longest { wait = wait * 2 }
        return min(wait, longest)
    }

    /// The waits after the first failure, the second and so on; the last is that of all further ones.
    var waits: [Duration] {
        var waits: [Duration] = []
        while waits.last != longest { waits.append(wait(afterFailures: waits.count + 1)) }
        return waits
    }
}
