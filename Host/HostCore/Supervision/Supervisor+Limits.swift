import Config
import HTTP
import Observe
import Plugin
import RPC
import TLS

extension Supervisor {
    /// Where the addresses of peers that mean harm wait; proxies that a plugin knows never do.
    func penaltyBox(_ running: [any Plugin]) -> PenaltyBox? {
        guard self.settings.bool(HostSettings.penalties) else { return nil }
        return PenaltyBox(self.abuse) { address in running.contains { $0.isProxy(address) } }
    }

    /// What peers of the gRPC port may do. Under mutual TLS they are services of ours, and not to be shut out for a fault.
    func rpcLimits(_ tls: TLSSlot?, _ penalties: PenaltyBox?) -> RPCServerConfiguration {
        var configuration = RPCServerConfiguration()
        configuration.abuse = self.abuse
        configuration.tls = tls
        configuration.penalties = tls == nil ? penalties : nil
        let age = self.settings.duration("host.rpc.connectionAge")
        configuration.maximumConnectionAge = age > .zero ? age : nil
        configuration.keepAlive = self.settings.duration("host.rpc.keepAlive")
        configuration.leastPingInterval = self.settings.duration("host.rpc.pingInterval")
        return configuration
    }

    /// What peers of the public port may do.
    func httpLimits(_ tls: TLSSlot?, _ penalties: PenaltyBox?) -> HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration()
        configuration.abuse = self.abuse
        configuration.tls = tls
        configuration.penalties = penalties
        return configuration
    }
}
