import Glibc
import HTTP
import Reactor
import Synchronization
import TestServers
import Testing

@testable import Fetch

@Suite(.serialized, .timeLimit(.minutes(2))) struct FetchClientTests {
    @Sendable static func answer(_ request: HTTPRequest) async -> HTTPResponse {
        switch request.head.path {
        case "/echo":
            let body = (try? await request.body.collect(upTo: 64 << 20)) ?? []
            return HTTPResponse(
                status: 200,
                fields: [
                    "x-method": request.head.method.rawValue, "x-version": request.head.version.description,
                    "x-length": request.head.fields["content-length"] ?? "none",
                    "x-expect": request.head.fields["expect"] ?? "none",
                    "x-seen": request.head.fields["x-sent"] ?? "none",
                ],
                body: .bytes(body)
            )
        case "/status": return HTTPResponse(status: Int(request.head.query ?? "200") ?? 200)
        case "/size":
            let count = Int(request.head.query ?? "0") ?? 0
            return HTTPResponse(status: 200, body: .bytes([UInt8](repeating: 120, count: count)))
        case "/stream":
            return HTTPResponse(
                status: 200,
                body: .stream { writer in
                    for _ in 0..<(Int(request.head.query ?? "1") ?? 1) {
                        try await writer.write([UInt8](repeating: 121, count: 64 << 10))
                    }
                }
            )
        case "/half":
            return HTTPResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write("half")
                    throw HTTPError(.malformed, "on purpose")
                }
            )
        case "/never":
            try? await EventLoop.current?.sleep(for: .seconds(600))
            return HTTPResponse(status: 200)
        case "/stalls":
            return HTTPResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write("begun")
                    try await EventLoop.current?.sleep(for: .seconds(600))
                }
            )
        default: return HTTPResponse(status: 404)
        }
    }

    @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
    func sendsEveryMethod(_ versions: FetchClientConfiguration.Versions) async throws {
        try await withFetch({ $0.versions = versions }, handler: Self.answer) {
            (client, base, _) async throws -> Void in
            for method in [HTTPMethod.get, .put, .post, .patch, .delete, .options] {
                let bytes = Array("content of \(method)".utf8)
                var sent = try request("\(base)/echo", method, body: .bytes(bytes))
                sent.fields.append("x-sent", "a b\tc")
                let response = try await client.fetch(sent)
                #expect(response.status == 200)
                #expect(response.body == bytes)
                #expect(response.fields["x-method"] == method.rawValue)
                #expect(response.fields["x-length"] == "\(bytes.count)")
                #expect(response.fields["x-expect"] == "none")
                #expect(response.fields["x-seen"] == "a b\tc")
                #expect(response.version == (versions == .http1 ? .http1_1 : .http2))
            }
            let head = try await client.fetch(request("\(base)/size?100000000", .head))
            #expect(head.status == 200 && head.body.isEmpty)
            let empty = try await client.fetch(request("\(base)/echo", .post))
            #expect(empty.fields["x-length"] == "0")
            #expect(empty.fields["x-method"] == "POST")
        }
    }

    /// Calls that come together, to a server that resets each connection, end as they are reset; also where connections may
    /// be shared, so that all wait for the first.
    @Test(arguments: [FetchClientConfiguration.Versions.automatic, .http2PriorKnowledge], ["http", "https"])
    func resetsEndCalls(_ versions: FetchClientConfiguration.Versions, _ scheme: String) async throws {
        let server = try ServerProcess.python("FetchTests/Servers/reset_server.py", [])
        let url = "\(scheme)://127.0.0.1:\(try server.port())/"
        let change: (inout FetchClientConfiguration) -> Void = {
            $0.versions = versions
            $0.retry = .never
        }
        try await withFetch(change, handler: Self.answer) { client, _, _ in
            await withDiscardingTaskGroup { tasks in
                for _ in 0..<200 {
                    tasks.addTask {
                        let code = await client.failure(url, deadline: soon(.seconds(60)))?.code
                        let ends: [FetchError.Code] = [.connectFailed, .connectionLost, .tlsFailed, .protocolViolation]
                        #expect(code.map { ends.contains($0) } == true, "\(String(describing: code))")
                    }
                }
            }
        }
        withExtendedLifetime(server) {}
    }

    @Test func statusIsAnAnswer() async throws {
        try await withFetch(handler: Self.answer) { (client, base, _) async throws -> Void in
            for status in [200, 204, 301, 304, 400, 404, 500] {
                #expect(try await client.get("\(base)/status?\(status)").status == status)
            }
        }
    }

    @Test func staysOnTheCallersLoop() async throws {
        try await withFetch(handler: Self.answer) { client, base, group in
            for loop in group.loops {
                let isHome = try await loop.run {
                    _ = try await client.get("\(base)/status?200")
                    return loop.isCurrent
                }
                #expect(isHome)
            }
        }
    }

    @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
    func streamsBothWays(_ versions: FetchClientConfiguration.Versions) async throws {
        try await withFetch({ $0.versions = versions }, handler: Self.answer) {
            (client, base, _) async throws -> Void in
            for length in [nil, 3_000_000] as [Int?] {
                let sent = try request(
                    "\(base)/echo",
                    .post,
                    body: .stream(length: length) { writer in
                        for index in 0..<30 {
                            try await writer.write([UInt8](repeating: UInt8(index), count: 100_000))
                            if index % 10 == 0 { try await EventLoop.current?.sleep(for: .milliseconds(5)) }
                        }
                    }
                )
                var got: [UInt8] = []
                let status = try await client.withResponse(to: sent) { response in
                    for try await chunk in response.body { got.append(contentsOf: chunk) }
                    return response.status
                }
                #expect(status == 200)
                let expected = (0..<30).flatMap { [UInt8](repeating: UInt8($0), count: 100_000) }
                // memcmp: without optimisation, == of arrays makes a call for each byte.
                #expect(got.count == expected.count && memcmp(got, expected, expected.count) == 0)
            }
        }
    }

    @Test func aStreamedBodyThatFailsEndsTheRequest() async throws {
        struct Broken: Error {}
        try await withFetch(handler: Self.answer) { (client, base, _) async throws -> Void in
            let broken = try request("\(base)/echo", .post, body: .stream(length: nil) { _ in throw Broken() })
            #expect(await client.failure(broken)?.code == .bodyFailed)
            let short = try request("\(base)/echo", .post, body: .stream(length: 10) { try await $0.write("abc") })
            #expect(await client.failure(short)?.code == .invalidRequest)
            let long = try request("\(base)/echo", .post, body: .stream(length: 2) { try await $0.write("abc") })
            #expect(await client.failure(long)?.code == .invalidRequest)
        }
    }

    @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
    func limitsTheBody(_ versions: FetchClientConfiguration.Versions) async throws {
        try await withFetch(
            {
                $0.versions = versions
                $0.maximumBodyBytes = 1000
            },
            handler: Self.answer
        ) { (client, base, _) async throws -> Void in
            #expect(try await client.get("\(base)/size?1000").body.count == 1000)
            #expect(await client.failure("\(base)/size?1001")?.code == .bodyTooLarge)
            #expect(await client.failure("\(base)/stream?1")?.code == .bodyTooLarge)
            #expect(try await client.get("\(base)/size?1001", limit: 2000).body.count == 1001)
        }
    }

    @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
    func aBodyThatBreaksOffIsAnError(_ versions: FetchClientConfiguration.Versions) async throws {
        try await withFetch(
            {
                $0.versions = versions
                $0.retry = .never
            },
            handler: Self.answer
        ) { (client, base, _) async throws -> Void in
            #expect(await client.failure("\(base)/half")?.code == .connectionLost)
        }
    }

    @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
    func endsInTime(_ versions: FetchClientConfiguration.Versions) async throws {
        try await withFetch(
            {
                $0.versions = versions
                // The last request must come through on a busy machine, too.
                $0.firstByteTimeout = .seconds(1)
                $0.stallTimeout = .milliseconds(150)
                $0.retry = .never
            },
            handler: Self.answer
        ) { (client, base, _) async throws -> Void in
            let start = MonotonicTime.now()
            let late = await client.failure("\(base)/never", deadline: soon(.milliseconds(50)))
            #expect(late?.code == .deadlineExceeded)
            #expect(await client.failure("\(base)/never")?.code == .stalled)
            #expect(await client.failure("\(base)/stalls")?.code == .stalled)
            // What they wait for would come after ten minutes.
            #expect(start.duration(to: .now()) < .seconds(30))
            #expect(try await client.get("\(base)/status?200").status == 200)
        }
    }

    @Test(arguments: [FetchClientConfiguration.Versions.http1, .http2PriorKnowledge])
    func cancellationRemovesTheTransfer(_ versions: FetchClientConfiguration.Versions) async throws {
        try await withFetch({ $0.versions = versions }, loops: 1, handler: Self.answer) { client, base, group in
            for path in ["never", "stalls"] {
                let task = Task { await client.failure("\(base)/\(path)") }
                while try await client.transferCounts() == [0] { await Task.yield() }
                try await group.loops[0].run { try await group.loops[0].sleep(for: .milliseconds(50)) }
                let start = MonotonicTime.now()
                task.cancel()
                #expect(await task.value?.code == .cancelled)
                // Nothing else ends it before its time for the first byte is over.
                #expect(start.duration(to: .now()) < .seconds(20))
                #expect(try await client.transferCounts() == [0])
            }
            #expect(try await client.get("\(base)/status?200").status == 200)
        }
    }

    @Test func refusesWhatWouldSplitTheHead() async throws {
        try await withFetch(handler: Self.answer) { (client, base, _) async throws -> Void in
            for (name, value) in [
                ("x-a", "b\r\nx-evil: c"), ("x-a", "b\u{0}"), ("bad name", "d"), ("host", "other"),
                ("content-length", "3"), ("x:y", "z"), ("transfer-encoding", "chunked"), ("", "x"),
            ] {
                var sent = try request("\(base)/echo")
                sent.fields.append(name, value)
                let error = await client.failure(sent)
                #expect(error?.code == .invalidRequest, "\(name)")
                #expect(error?.description.contains("evil") == false)
            }
            var sent = try request("\(base)/echo")
            sent.method = HTTPMethod(rawValue: "GET / HTTP/1.1\r\nx: y")
            #expect(await client.failure(sent)?.code == .invalidRequest)
        }
    }

    @Test func whatIsUnderWayFailsWhenClosed() async throws {
        try await withFetch(loops: 1, handler: Self.answer) { (client, base, _) async throws -> Void in
            let task = Task { await client.failure("\(base)/never") }
            while try await client.transferCounts() == [0] { await Task.yield() }
            client.close()
            #expect(await task.value?.code == .closed)
            #expect(await client.failure("\(base)/status")?.code == .closed)
        }
    }

    @Test func noServerIsAConnectFailure() async throws {
        try await withFetch({ $0.retry = .never }, handler: Self.answer) { client, _, _ in
            #expect(await client.failure("http://127.0.0.1:1/")?.code == .connectFailed)
            let error = await client.failure("http://name.invalid/?secret=1")
            #expect(error?.code == .unresolved, "\(String(describing: error))")
            #expect(error?.description.contains("secret") == false)
        }
    }
}
