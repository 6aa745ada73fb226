import Contracts

/// The state of a mail as its row holds it.
enum MailState: Int16, Sendable {
    case queued = 1
    case sent = 2
    case dead = 3
    case expired = 4

    /// As the contract calls it.
    var contract: NotificationDeliveryState {
        switch self {
        case .queued: .queued
        case .sent: .sent
        case .dead: .dead
        case .expired: .expired
        }
    }
}
