import HTTP
import Observe
import Reactor
import Synchronization
import Testing

@testable import Fetch

/// Counts what a server saw.
final class Seen: Sendable {
    private let paths = Mutex<[String]>([])
    var all: [String] { paths.withLock { $0 } }
    var count: Int { all.count }
    func add(_ text: String) { paths.withLock { $0.append(text) } }
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct RetryTests {
    private static let quick: @Sendable (inout FetchClientConfiguration) -> Void = {
        $0.retry.firstDelay = .milliseconds(5)
    }

    @Test(arguments: [429, 502, 503, 504])
    func idempotentRequestsAreRetried(_ status: Int) async throws {
        let seen = Seen()
        try await withFetch(
            Self.quick,
            handler: { request in
                seen.add(request.head.method.rawValue)
                return HTTPResponse(status: seen.count % 3 == 0 ? 200 : status)
            }
        ) { (client, base, _) async throws -> Void in
            let got = try await client.get(base)
            #expect(got.status == 200)
            #expect(seen.count == 3)
            let put = try await client.fetch(request(base, .put, body: .bytes([1, 2])))
            #expect(put.status == 200)
            #expect(seen.count == 6)
            let posted = try await client.fetch(request(base, .post, body: .bytes([1])))
            #expect(posted.status == status, "POST is sent once")
            #expect(seen.count == 7)
            var marked = try request(base, .post, body: .bytes([1]))
            marked.isIdempotent = true
            let again = try await client.fetch(marked)
            #expect(again.status == 200)
            #expect(seen.count == 9)
        }
    }

    @Test func otherAnswersAreNot() async throws {
        let seen = Seen()
        try await withFetch(
            Self.quick,
            handler: { _ in
                seen.add("x")
                return HTTPResponse(status: 500)
            }
        ) { (client, base, _) async throws -> Void in
            let status = try await client.get(base).status
            #expect(status == 500)
            #expect(seen.count == 1)
        }
    }

    @Test func retryAfterIsHonouredWithinTheDeadline() async throws {
        let seen = Seen()
        try await withFetch(
            Self.quick,
            handler: { request in
                seen.add("x")
                let wait =
                    switch request.head.path {
                    case "/long": "3600"
                    case "/later": "25"
                    default: "1"
                    }
                return HTTPResponse(status: seen.count == 2 ? 200 : 503, fields: ["retry-after": wait])
            }
        ) { (client, base, _) async throws -> Void in
            let start = MonotonicTime.now()
            let first = try await client.get(base).status
            #expect(first == 200)
            #expect(start.duration(to: .now()) >= .seconds(1))
            let second = try await client.get("\(base)/later", deadline: soon(.seconds(20))).status
            #expect(second == 503, "the wait would be over the deadline")
            let third = try await client.get("\(base)/long").status
            #expect(third == 503, "nobody waits an hour")
            #expect(start.duration(to: .now()) < .seconds(20), "neither waited at all")
            #expect(seen.count == 4)
        }
    }

    @Test func aConnectionThatIsRefusedIsTriedAgain() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        var configuration = FetchClientConfiguration()
        configuration.retry.firstDelay = .milliseconds(100)
        let client = FetchClient(group: group, configuration: configuration)
        let start = MonotonicTime.now()
        let error = await client.failure("http://127.0.0.1:1/")
        #expect(error?.code == .connectFailed)
        // Two pauses: 50 to 100 ms, and 100 to 200 ms.
        #expect(start.duration(to: .now()) >= .milliseconds(150))
    }

    @Test func pausesGrowAndEnd() {
        var policy = RetryPolicy()
        policy.attempts = 4
        let start = MonotonicTime(nanoseconds: 0)
        var state = RetryState(policy, isRepeatable: true, deadline: nil)
        #expect(
            state.next(after: .error(.connectFailed), now: start, dice: 1) == start.advanced(by: .milliseconds(100))
        )
        #expect(
            state.next(after: .error(.connectionLost), now: start, dice: 1) == start.advanced(by: .milliseconds(200))
        )
        #expect(
            state.next(after: .status(503, retryAfter: nil), now: start, dice: 0)
                == start.advanced(by: .milliseconds(200))
        )
        #expect(state.next(after: .error(.connectFailed), now: start, dice: 1) == nil)
    }

    @Test func whatWillBeTheSameIsNotTriedAgain() {
        let start = MonotonicTime(nanoseconds: 0)
        for code in [
            FetchError.Code.certificateExpired, .addressRefused, .bodyTooLarge, .deadlineExceeded, .cancelled, .closed,
            .redirectRefused, .invalidRequest, .overloaded,
        ] {
            var state = RetryState(RetryPolicy(), isRepeatable: true, deadline: nil)
            #expect(state.next(after: .error(code), now: start, dice: 0) == nil)
        }
        var once = RetryState(RetryPolicy(), isRepeatable: false, deadline: nil)
        #expect(once.next(after: .error(.connectFailed), now: start, dice: 0) == nil)
        var late = RetryState(RetryPolicy(), isRepeatable: true, deadline: start.advanced(by: .milliseconds(50)))
        #expect(late.next(after: .error(.connectFailed), now: start, dice: 1) == nil)
        var patient = RetryState(RetryPolicy(), isRepeatable: true, deadline: nil)
        #expect(
            patient.next(after: .status(503, retryAfter: .seconds(30)), now: start, dice: 0)
                == start.advanced(by: .seconds(30))
        )
        #expect(patient.next(after: .status(503, retryAfter: .seconds(31)), now: start, dice: 0) == nil)
    }

    @Test func readsRetryAfter() throws {
        let now = WallTime(secondsSinceEpoch: 784_111_770)
        #expect(RetryAfter.parse("120", now: now) == .seconds(120))
        #expect(RetryAfter.parse("Sun, 06 Nov 1994 08:49:37 GMT", now: now) == .seconds(7))
        #expect(RetryAfter.parse("Sun, 06 Nov 1994 08:49:20 GMT", now: now) == .zero)
        for text in ["", "-1", "soon", "1.5", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 94 08:49:37 GMT"] {
            #expect(RetryAfter.parse(text, now: now) == nil, "\(text)")
        }
    }
}
