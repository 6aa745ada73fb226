import HTTP
import Reactor
import Synchronization
import Testing

@testable import RPC

/// Requests for what is the same for everybody, which wait for one answer together.
@Suite(.timeLimit(.minutes(1))) struct SharedAnswersTests {
    /// Counts what the route is asked, and holds its answers back if it is told to.
    private final class Desk: Sendable {
        struct State {
            var calls = 0
            var value = 0
            var failure: RPCError?
            var size = 10
        }
        let state = Mutex(State())

        func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
        var calls: Int { state.withLock { $0.calls } }

        func answer(_ name: String) async throws -> RESTResponse {
            let seen = state.withLock { state in
                state.calls += 1
                return state
            }
            // Long enough for others to come meanwhile.
            try await Task.sleep(for: .milliseconds(20))
            if let failure = seen.failure { throw failure }
            return .text("\(name) \(seen.value) " + String(repeating: "x", count: seen.size))
        }
    }

    /// Lets in whom `x-pass` lets in, and refuses as the filter does.
    private struct Gate: RESTGate, RESTFilter {
        final class Ticket: RESTTicket {
            let pass: String

            init(_ pass: String) { self.pass = pass }
        }
        let asked = Asked()

        final class Asked: Sendable {
            let count = Mutex(0)
            let failure = Mutex<RPCError?>(nil)
        }

        func arrive(_ call: RESTCall, at now: MonotonicTime) -> (any RESTTicket)? {
            call.head.fields["x-pass"].map(Ticket.init)
        }

        func prepare(_ access: RESTAccess, _ context: CallContext) async throws {
            asked.count.withLock { $0 += 1 }
            if let failure = asked.failure.withLock({ $0 }) { throw failure }
        }

        func admit(_ ticket: any RESTTicket, at now: MonotonicTime) -> HTTPFields? {
            (ticket as? Ticket)?.pass == "yes" ? ["x-gate": "in"] : nil
        }

        func answer(
            _ call: RESTCall,
            _ context: CallContext,
            _ route: (CallContext, (any Sendable)?) async throws -> RESTResponse
        ) async throws -> RESTResponse {
            guard call.head.fields["x-pass"] == "yes" else { throw RPCError(.unauthenticated, "no") }
            return try await route(context, nil)
        }
    }

    private let desk = Desk()
    private let gate = Gate()

    private func route(_ control: StaticString = "public, max-age=1", tagged: Bool = false) -> RESTRoute {
        RESTRoute(.get, "/prices/{name}", for: .anybody) { [desk] request, _ in
            let name = try request.path("name")
            _ = try request.query("at", as: String.self)
            try request.finish()
            return try await desk.answer(name)
        }.making("text/plain").cached(control, tagged: tagged)
    }

    /// Sends requests at once, one for each list of fields.
    private func send(
        _ route: RESTRoute,
        _ requests: [(target: String, fields: HTTPFields)],
        method: HTTPMethod = .get
    ) async throws -> [SeatedRequest.Answer] {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let handler = try RESTHandler([route])
        return await withTaskGroup(of: (Int, SeatedRequest.Answer).self) { tasks in
            for (index, request) in requests.enumerated() {
                tasks.addTask {
                    let answer = await SeatedRequest.answer(
                        request.target,
                        request.fields,
                        method: method,
                        on: group.loops[0],
                        seating: handler.seat,
                        handler: handler.handle
                    )
                    return (index, answer)
                }
            }
            return await tasks.reduce(into: [Int: SeatedRequest.Answer]()) { $0[$1.0] = $1.1 }
                .sorted { $0.key < $1.key }.map(\.value)
        }
    }

    @Test func manyOfOneMomentAreOneCallAndTwoAtTheMost() async throws {
        let answers = try await send(route(), Array(repeating: ("/prices/A", [:]), count: 50))
        #expect(answers.count == 50 && answers.allSatisfy { $0.isShared && $0.text == "A 0 xxxxxxxxxx" })
        #expect((1...3).contains(desk.calls), "those who came too late for the first go together")
        let ids = Set(answers.compactMap { $0.fields["x-request-id"] })
        #expect(ids.count == 50 && ids.allSatisfy { $0.utf8.count == 32 })
        for answer in answers {
            #expect(answer.status == 200 && answer.fields["cache-control"] == "public, max-age=1")
            #expect(answer.fields["x-content-type-options"] == "nosniff")
        }
    }

    @Test func keysAreOneForEachWishAndBounded() throws {
        let router = try RESTRouter([route()])
        let endpoint = try router.find(.get, "/prices/A").endpoint
        let keys = SharedAnswerKeys(most: 2)
        func key(_ target: String, coded: Bool = false, loop: Int = 0) -> SharedAnswerKey? {
            keys.key(SharedAnswerKey.Wish(target: target, isCoded: coded, loop: loop)) { endpoint }
        }
        #expect(key("/prices/A") === key("/prices/A") && key("/prices/A") != nil)
        #expect(key("/prices/A", coded: true) != key("/prices/A") && key("/prices/A", loop: 1) != key("/prices/A"))
        #expect(keys.count <= 2)
        #expect(keys.key(SharedAnswerKey.Wish(target: "/no", isCoded: false, loop: 0)) { nil } == nil)
    }

    @Test func anAnswerIsNeverOfBeforeTheRequest() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let handler = try RESTHandler([route()])
        func one() async -> String {
            await SeatedRequest.answer(
                "/prices/A",
                on: group.loops[0],
                seating: handler.seat,
                handler: handler.handle
            ).text
        }
        async let first = one()
        // Its call is under way, with the old value.
        while desk.calls == 0 { try await Task.sleep(for: .milliseconds(1)) }
        desk.change { $0.value = 1 }
        async let second = one()
        #expect(await (first, second) == ("A 0 xxxxxxxxxx", "A 1 xxxxxxxxxx"))
        #expect(desk.calls == 2)
    }

    @Test func whatDiffersIsNotShared() async throws {
        let answers = try await send(
            route(),
            [("/prices/A", [:]), ("/prices/B", [:]), ("/prices/A?at=1", [:]), ("/prices/%41", [:])]
        )
        #expect(answers.map { $0.text.first } == ["A", "B", "A", "A"])
        #expect(answers.allSatisfy { $0.isShared })
        #expect(desk.calls == 4)
    }

    @Test(arguments: ["private, max-age=1", "no-store"] as [StaticString])
    func onlyWhatACacheMayServeToOthers(_ control: StaticString) async throws {
        let answers = try await send(route(control), Array(repeating: ("/prices/A", [:]), count: 3))
        #expect(!answers.contains { $0.isShared } && desk.calls == 3)
    }

    @Test func closedToOthersItIsStillTheSameForAll() async throws {
        let closed = route().closed(scope: "read").filtered(by: gate).admitted(by: gate)
        let answers = try await send(closed, Array(repeating: ("/prices/A", ["x-pass": "yes"]), count: 3))
        #expect(answers.allSatisfy { $0.isShared && $0.fields["cache-control"] == "private, max-age=1" })
        #expect(answers.allSatisfy { $0.fields["x-gate"] == "in" })
        #expect(gate.asked.count.withLock { $0 } == desk.calls)
    }

    @Test func whoIsNotLetInGetsTheFiltersAnswer() async throws {
        let closed = route().closed(scope: "read").filtered(by: gate).admitted(by: gate)
        let answers = try await send(
            closed,
            [("/prices/A", ["x-pass": "yes"]), ("/prices/A", ["x-pass": "no"]), ("/prices/A", [:])]
        )
        #expect(answers.map(\.status) == [200, 401, 401])
        #expect(answers.map(\.isShared) == [true, false, false])
    }

    @Test func aGateThatCannotAskLeavesAllToTheFilters() async throws {
        gate.asked.failure.withLock { $0 = RPCError(.unavailable, "away") }
        let closed = route().closed(scope: "read").filtered(by: gate).admitted(by: gate)
        let answers = try await send(closed, Array(repeating: ("/prices/A", ["x-pass": "yes"]), count: 3))
        #expect(answers.allSatisfy { $0.status == 200 && !$0.isShared })
    }

    @Test func filtersWithoutAGateAreNotPassedBy() async throws {
        let answers = try await send(route().filtered(by: gate), [("/prices/A", ["x-pass": "no"])])
        #expect(answers.map(\.status) == [401])
    }

    @Test func failuresAreToldToEachByItself() async throws {
        desk.change { $0.failure = RPCError(.unavailable, "away") }
        let answers = try await send(route(), Array(repeating: ("/prices/A", [:]), count: 3))
        #expect(answers.allSatisfy { $0.status == 503 && !$0.isShared })
        #expect(Set(answers.compactMap { $0.fields["x-request-id"] }).count == 3)
        let unknown = try await send(route(), [("/prices/A?never=1", [:]), ("/nothing", [:])])
        #expect(unknown.map(\.status) == [400, 404] || unknown.map(\.status) == [422, 404])
    }

    @Test func itIsWhatTheHandlerWouldAnswer() async throws {
        desk.change { $0.size = 3_000 }
        for coding in ["", "gzip", "identity", "gzip;q=0.1, identity", "br"] {
            let fields: HTTPFields = coding.isEmpty ? [:] : ["accept-encoding": coding]
            let shared = try await send(route(tagged: true), [("/prices/A", fields)])[0]
            // A trace of its own is what the handler sees to.
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            var alone = fields
            alone["traceparent"] = trace
            let single = try await send(route(tagged: true), [("/prices/A", alone)])[0]
            #expect(shared.isShared && !single.isShared)
            #expect(shared.status == single.status && shared.body == single.body)
            for field in single.fields where field.name != "x-request-id" {
                #expect(shared.fields[field.name] == field.value, "\(field.name) with \(coding)")
            }
            let names = Set(single.fields.map(\.name))
            #expect(Set(shared.fields.map(\.name)) == names.union(["content-length"]))
        }
    }

    @Test func conditionsAndOtherFormsAreAnsweredByTheHandler() async throws {
        let tag = try await send(route(tagged: true), [("/prices/A", [:])])[0].fields["etag"]
        let answers = try await send(
            route(tagged: true),
            [
                ("/prices/A", ["if-none-match": try #require(tag)]), ("/prices/A", ["accept": "image/png"]),
                ("/prices/A", ["accept-encoding": "identity;q=0"]), ("/prices/A", ["accept": "text/plain"]),
                ("/prices/A", ["x-request-id": "mine"]),
            ]
        )
        #expect(answers.map(\.status) == [304, 406, 406, 200, 200])
        #expect(answers.map(\.isShared) == [false, false, false, true, true])
        #expect(answers[4].fields["x-request-id"] == "mine")
        let head = try await send(route(), [("/prices/A", [:])], method: .head)[0]
        #expect(head.isShared && head.body.isEmpty && head.fields["content-length"] == "14")
        #expect(try await send(route(), [("/prices/A", [:])], method: .post)[0].status == 405)
    }

    @Test func whoComesTooLateForItsTimeIsToldSo() async throws {
        let slow = RESTRoute(.get, "/slow", for: .anybody) { _, _ in
            try await Task.sleep(for: .seconds(120))
            return .text("late")
        }.cached("public, max-age=1", tagged: false).making("text/plain")
            .limited(maximumBody: 1, timeout: .milliseconds(200))
        let began = MonotonicTime.now()
        let answers = try await send(slow, Array(repeating: ("/slow", [:]), count: 3))
        #expect(answers.allSatisfy { $0.status == 504 })
        #expect(began.duration(to: .now()) < .seconds(60), "waiting with others does not give it its time twice")
    }
}
