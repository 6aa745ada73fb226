import ArgumentParser
import Contracts
import HostCore
import RPC
import Reactor

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
        let given =
            self.address ?? ProcessEnvironment.read()["LONJA_ADDRESS_NOTIFICATION"].flatMap { $0.isEmpty ? nil : $0 }
        let text = given ?? "127.0.0.1:50051"
        guard let target = RPCTarget(text) else {
            throw StartError(
                .usage,
                "\"\(text)\" is no address of a service; use host:50051, dns:///notification:50051 or unix:/path"
            )
        }
        let group = try EventLoopGroup(count: 1)
        let channel = RPCChannel(target, group: group)
        let peer = RPCPeer(name: "notification")
        peer.bind(remote: channel)
        do {
            // On the loop: the calls stay there.
            try await group.loops[0].run { try await body(NotificationClient(peer)) }
            channel.close()
        } catch let error as RPCError {
            throw StartError(Self.exitCode(error.code), "\(target.description): \(error)")
        }
    }

    private static func exitCode(_ code: RPCError.Code) -> HostCore.ExitCode {
        switch code {
        case .invalidArgument, .notFound, .failedPrecondition: .usage
        case .unavailable, .deadlineExceeded: .dependencyUnavailable
        default: .internalError
        }
    }
}
