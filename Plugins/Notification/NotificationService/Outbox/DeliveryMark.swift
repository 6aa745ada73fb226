import Postgres

/// What is written behind an attempt.
struct DeliveryMark: Sendable {
    let id: PostgresUUID
    /// The attempt of the lease: without that lease the mark is without effect.
    let attempt: Int
    let urgency: DeliveryUrgency
    /// The driver's name; empty if it was not asked.
    let driver: String
    let decision: DeliveryDecision
}
