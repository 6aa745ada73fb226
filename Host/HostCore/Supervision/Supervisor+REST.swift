import Config
import Contracts
import HTTP
import Plugin
import RPC

extension Supervisor {
    /// What answers requests for no route; nil if no plugin does.
    func site(of running: [RunningPlugin]) throws(StartError) -> HTTPSite? {
        let sites = running.compactMap { entry in entry.plugin.site.map { (entry.name, $0) } }
        guard sites.count <= 1 else {
            let names = sites.map(\.0).joined(separator: ", ")
            throw StartError(.usage, "each of these plugins serves a site: \(names); load one of them (LONJA_PLUGIN)")
        }
        return sites.first?.1
    }

    /// What the public address serves: the routes of all plugins of this process, and beside them the site.
    func publicSite(_ routes: [RESTRoute], _ site: HTTPSite?) throws(StartError) -> HTTPSite {
        let api: RESTHandler
        do {
            api = try RESTHandler(
                routes,
                catalogue: .api,
                metrics: RESTMetrics(self.metrics),
                isSecure: self.settings.publicOrigin().isSecure
            )
        } catch {
            throw StartError(.internalError, "the public routes do not go together: \(error)")
        }
        guard let site else { return HTTPSite(immediate: { _ in nil }, seating: api.seat, handler: api.handle) }
        let door = PublicDoor(routes: routes)
        return HTTPSite(
            immediate: { head in door.isOfRoutes(head.target) ? nil : site.immediate(head) },
            seating: { seat in door.isOfRoutes(seat.head.target) && api.seat(seat) },
            handler: { request in
                await door.isOfRoutes(request.head.target) ? api.handle(request) : site.handler(request)
            }
        )
    }
}
