package import Observe
package import Reactor

extension HTTPConnectionCount {
    /// Counts a connection of `remote` in; false, and a line for whoever watches, if it is one too many.
    package func admit(_ remote: SocketAddress?, _ abuse: AbuseMeter?) -> Bool {
        switch enter(remote?.hostBytes ?? []) {
        case .counted: return true
        case .full: abuse?.report("connections", peer: remote?.description)
        case .addressFull: abuse?.report("connections_of_address", peer: remote?.description)
        }
        return false
    }
}
