import Contracts
import HTTP
import RPC

/// The routes of the wallet: those of its contract, of which two need more than a call.
struct WalletRoutes: Sendable {
    let wallet: WalletClient

    var routes: [RESTRoute] {
        let own = [OrderPlacement(wallet: wallet).route, OrderEvents(wallet: wallet).route]
        let replaced = Set(own.map { "\($0.method) \($0.template)" })
        return wallet.restRoutes.filter { !replaced.contains("\($0.method) \($0.template)") } + own
    }
}
