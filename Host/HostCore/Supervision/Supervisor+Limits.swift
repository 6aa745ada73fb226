import Config
import HTTP
import Observe
import RPC

extension Supervisor {
    /// What peers of the gRPC port may do.
    func rpcLimits() -> RPCServerConfiguration {
        var configuration = RPCServerConfiguration()
        configuration.abuse = self.abuse
        let age = self.settings.duration("host.rpc.connectionAge")
        configuration.maximumConnectionAge = age > .zero ? age : nil
        configuration.keepAlive = self.settings.duration("host.rpc.keepAlive")
        configuration.leastPingInterval = self.settings.duration("host.rpc.pingInterval")
        return configuration
    }

    /// What peers of the public port may do.
    func httpLimits() -> HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration()
        configuration.abuse = self.abuse
        return configuration
    }
}
