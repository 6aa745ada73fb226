/// How long a mail may wait, and so how often it is tried.
enum DeliveryUrgency: Int16, Sendable {
    /// Somebody sits before a page and waits for it; it is of no use when its code has expired.
    case code = 0
    /// Worth the days that a mail server may be away.
    case notice = 1

    /// The lane of the queue; see the migration. What was tried in vain stands behind what was not: so no number of mails
    /// that fail can delay one that does not.
    func lane(afterAttempts attempts: Int) -> Int16 { rawValue * 2 + (attempts > 0 ? 1 : 0) }
}
