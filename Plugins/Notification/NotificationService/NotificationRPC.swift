import Contracts

/// Serves the contract with its defaults.
struct NotificationRPC: NotificationServing {}
