import HostCore
import RPC
import Reactor

/// Calls to running services, for commands.
enum ServiceCall {
    /// Connects to a service for as long as `body` runs, on a loop of its own.
    /// - Parameters:
    ///   - name: of the plugin, in lower case.
    ///   - given: what the command line says; `LONJA_ADDRESS_<PLUGIN>` or 127.0.0.1:50051 if nil.
    /// - Throws: `StartError` for an address that is none, and for a status other than OK.
    static func with<Result: Sendable>(
        _ name: String,
        at given: String?,
        _ body: @Sendable @escaping (RPCPeer) async throws -> Result
    ) async throws -> Result {
        let variable = ProcessEnvironment.read()["LONJA_ADDRESS_\(name.uppercased())"].flatMap { $0.isEmpty ? nil : $0 }
        let text = given ?? variable ?? "127.0.0.1:50051"
        guard let target = RPCTarget(text) else {
            throw StartError(
                .usage,
                "\"\(text)\" is no address of a service; use host:50051, dns:///\(name):50051 or unix:/path"
            )
        }
        let group = try EventLoopGroup(count: 1)
        let channel = RPCChannel(
            target,
            group: group,
            configuration: try .command(to: name, environment: ProcessEnvironment.read())
        )
        let peer = RPCPeer(name: name)
        peer.bind(remote: channel)
        do {
            // On the loop: the calls stay there.
            let result = try await group.loops[0].run { try await body(peer) }
            channel.close()
            return result
        } catch let error as RPCError {
            throw StartError(Self.exitCode(error.code), "\(name) at \(target.description): \(error)")
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
