import Config
import Contracts
import HTTP
import Plugin
import RPC

extension Supervisor {
    /// The handler of the public address: the routes of all plugins of this process.
    func handler(for routes: [RESTRoute]) throws(StartError) -> HTTPHandler {
        do {
            return try RESTHandler(
                routes,
                catalogue: .api,
                metrics: RESTMetrics(self.metrics),
                isSecure: self.settings.publicOrigin().isSecure
            ).handle
        } catch {
            throw StartError(.internalError, "the public routes do not go together: \(error)")
        }
    }
}
