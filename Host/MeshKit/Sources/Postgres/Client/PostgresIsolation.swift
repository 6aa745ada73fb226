/// What a transaction sees of others (manual, 13.2).
public enum PostgresIsolation: String, Sendable, CaseIterable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first; conflicting updates fail with 40001.
    case repeatableRead = "REPEATABLE READ"
    /// As if the transactions ran one after the other; what does not fit fails with 40001.
    case serializable = "SERIALIZABLE"
}
