import Reactor
import Testing

@testable import HostCore
@testable import RPC

@Suite("The page of channels") struct ConnectionReportTests {
    private static func report() throws -> ConnectionReport {
        func endpoint(
            _ address: String,
            _ state: RPCChannelSnapshot.State,
            _ mean: Duration,
            ejectedFor: Duration? = nil
        ) throws -> RPCChannelSnapshot.Endpoint {
            RPCChannelSnapshot.Endpoint(
                address: try #require(SocketAddress(parsing: address)),
                state: state,
                connections: state == .ready ? 1 : 0,
                inFlight: state == .ready ? 3 : 0,
                mean: mean,
                ejectedFor: ejectedFor
            )
        }
        let (first, second) = ("10.0.0.9:50051", "10.0.0.1:50051")
        let channel = RPCChannelSnapshot(
            target: try #require(RPCTarget("dns:///market:50051")),
            loops: [
                .init(
                    index: 0,
                    endpoints: [
                        try endpoint(first, .ready, .microseconds(1250)),
                        try endpoint(second, .ready, .milliseconds(7), ejectedFor: .milliseconds(12_340)),
                    ],
                    waiting: 0,
                    lastFailure: nil
                ),
                .init(
                    index: 1,
                    endpoints: [
                        try endpoint(first, .waiting, .milliseconds(1)),
                        try endpoint(second, .ready, .milliseconds(1), ejectedFor: .milliseconds(-5)),
                    ],
                    waiting: 2,
                    lastFailure: "refused"
                ),
            ],
            connectionCount: 3,
            connections: [],
            calls: 40,
            repeats: 5
        )
        return ConnectionReport(rpc: nil, doors: [], ways: [.init(service: "market", channel: channel)])
    }

    @Test("People see every endpoint, as each loop does") func text() throws {
        let expected = """
            channel market dns:///market:50051: 3 connections
              40 calls, 5 further attempts, 2 wait for a connection
              last error: refused
              endpoint 10.0.0.9:50051 on loop 0: ready, 1 connections, 3 calls under way, an answer takes 1.2 ms
              endpoint 10.0.0.9:50051 on loop 1: waiting, 0 connections, 0 calls under way, an answer takes 1.0 ms
              endpoint 10.0.0.1:50051 on loop 0: ready, 1 connections, 3 calls under way, an answer takes 7.0 ms, ejected for 12.3 s
              endpoint 10.0.0.1:50051 on loop 1: ready, 1 connections, 3 calls under way, an answer takes 1.0 ms, ejected, to be tried
              and 3 more

            """
        #expect(try Self.report().text == expected)
    }

    @Test("Programs see the same") func json() throws {
        let text = try Self.report().json
        for part in [
            #""calls":40,"repeats":5,"waiting":2,"lastError":"refused","endpoints":["#,
            #"{"address":"10.0.0.9:50051","loop":0,"state":"ready","connections":1,"inFlight":3,"meanUs":1250,"ejectedForMs":null}"#,
            #"{"address":"10.0.0.9:50051","loop":1,"state":"waiting","connections":0,"inFlight":0,"meanUs":1000,"ejectedForMs":null}"#,
            #""meanUs":7000,"ejectedForMs":12340}"#, #""meanUs":1000,"ejectedForMs":0}"#, #""connectionCount":3,"#,
        ] {
            #expect(text.contains(part), "\(part) is not in \(text)")
        }
    }
}
