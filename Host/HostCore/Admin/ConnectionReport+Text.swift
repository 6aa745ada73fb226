import RPC
import Reactor

extension ConnectionReport {
    var text: String {
        var lines: [String] = []
        if let rpc {
            let address = rpc.address?.description ?? "closed"
            lines.append("server grpc \(address): \(rpc.connectionCount) connections")
            lines.append("  \(self.words(rpc.calls)), \(rpc.runningCalls) handlers at work")
            if let error = rpc.lastError { lines.append("  last error: \(error)") }
            lines += self.lines(rpc.connections, of: rpc.connectionCount)
        }
        for door in self.doors {
            let address = door.address?.description ?? "closed"
            lines.append("server \(door.name) \(address): \(door.connections) connections")
        }
        for way in self.ways {
            lines.append("channel \(way.service) \(way.channel.target): \(way.channel.connectionCount) connections")
            let waiting = way.waiting > 0 ? ", \(way.waiting) wait for a connection" : ""
            lines.append("  \(way.channel.calls) calls, \(way.channel.repeats) further attempts\(waiting)")
            if let failure = way.channel.lastFailure { lines.append("  last error: \(failure)") }
            lines += way.endpoints.map(Self.line)
            lines += self.lines(way.channel.connections, of: way.channel.connectionCount)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func line(_ loop: Int, _ endpoint: RPCChannelSnapshot.Endpoint) -> String {
        let mean = Self.microseconds(endpoint.mean)
        let ejection = endpoint.ejectedFor.map { time in
            time > .zero ? ", ejected for \(Self.seconds(time))" : ", ejected, to be tried"
        }
        return "  endpoint \(endpoint.address) on loop \(loop): \(endpoint.state), \(endpoint.connections) connections,"
            + " \(endpoint.inFlight) calls under way, an answer takes \(mean / 1000).\(mean % 1000 / 100) ms\(ejection ?? "")"
    }

    private func lines(_ connections: [ConnectionSnapshot], of count: Int) -> [String] {
        let shown = connections.map { connection in
            let peer = connection.remote?.description ?? "no address"
            let away = connection.isGoingAway ? ", going away" : ""
            return "  \(peer) on loop \(connection.loop), \(Self.seconds(connection.age)) old, heard"
                + " \(Self.seconds(connection.silence)) ago\(away): \(connection.streams) streams open, "
                + "\(self.words(connection.calls)); \(connection.bytesReceived) bytes in, \(connection.bytesSent) out"
        }
        return count > shown.count ? shown + ["  and \(count - shown.count) more"] : shown
    }

    private func words(_ calls: CallTally) -> String {
        let last = calls.lastStarted.map { ", the last \(Self.seconds($0.duration(to: self.now))) ago" } ?? ""
        return "\(calls.started) calls: \(calls.succeeded) good, \(calls.failed) failed\(last)"
    }

    private static func seconds(_ duration: Duration) -> String {
        let tenths = max(0, self.milliseconds(duration) / 100)
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
