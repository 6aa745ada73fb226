import ArgumentParser
import Contracts
import RPC

/// Where the notification service is, for commands that call it.
struct NotificationOptions: ParsableArguments {
    /// How long one call may take.
    static let patience = Duration.seconds(10)

    @Option(
        help: "gRPC address of the notification service; LONJA_ADDRESS_NOTIFICATION, or 127.0.0.1:50051, if not given."
    )
    var address: String?

    /// Calls the service.
    /// - Throws: `StartError` for an address that is none, and for a status other than OK.
    func withClient(_ body: @Sendable @escaping (NotificationClient) async throws -> Void) async throws {
        try await ServiceCall.with("notification", at: self.address) { try await body(NotificationClient($0)) }
    }
}
