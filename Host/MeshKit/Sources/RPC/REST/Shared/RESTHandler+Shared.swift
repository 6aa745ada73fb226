public import HTTP
internal import Reactor

extension RESTHandler {
    /// Takes a request for what is the same for everybody, which then waits for its answer together with others; false for
    /// all that has to be answered by itself. On the request's loop.
    @Sendable
    public func seat(_ seat: HTTPSeat) -> Bool {
        let head = seat.head
        guard head.method == .get || head.method == .head else { return false }
        let codings = head.fields.contains("accept-encoding") ? AcceptedCodings(head.fields) : nil
        guard codings?.includesAny ?? true else { return false }
        let wish = SharedAnswerKey.Wish(
            target: head.target,
            isCoded: codings?.prefersGzip ?? false,
            loop: seat.loop.index
        )
        guard let key = keys.key(wish, { shareable(head) }) else { return false }
        guard Self.asksForWhole(head.fields, key.endpoint.route.produces) else { return false }
        var ticket: (any RESTTicket)?
        if let gate = key.endpoint.route.gate {
            let call = RESTCall(head: head, remote: seat.remote, target: key.endpoint.target)
            ticket = gate.arrive(call, at: seat.loop.now)
            guard ticket != nil else { return false }
        }
        let guest = SharedAnswers.Guest(seat: seat, ticket: ticket)
        if shared.arrive(guest, key) {
            shared.begin(key, first: guest, timeout: key.endpoint.route.timeout ?? timeout, sharedAnswer)
        }
        return true
    }

    private func shareable(_ head: HTTPRequestHead) -> RESTRouter.Endpoint? {
        guard let (endpoint, _) = try? router.find(head.method, head.path), endpoint.route.isShareable else {
            return nil
        }
        return endpoint
    }

    /// The answer of a round; nil for what is not a success, which each request is told by itself.
    @Sendable
    private func sharedAnswer(
        _ key: SharedAnswerKey,
        _ context: CallContext
    ) async throws -> HTTPPreparedResponse? {
        let fields: HTTPFields = key.wish.isCoded ? ["accept-encoding": "gzip"] : [:]
        let head = HTTPRequestHead(
            method: .get,
            authority: "",
            target: key.wish.target,
            fields: fields,
            version: .http1_1
        )
        var request = try RESTRequest(
            variables: router.find(.get, head.path).variables,
            query: head.query,
            content: []
        )
        request.head = head
        let answer = try await key.endpoint.route.body(&request, context)
        let response = await finished(answer, key.endpoint, asked: fields)
        guard response.status == 200, case .bytes(let content) = response.body else { return nil }
        return HTTPPreparedResponse(status: response.status, fields: response.fields, content: content)
    }

    /// Whether a request asks for no more than what everybody gets: what depends on what it has already, or is to be seen in
    /// a trace of its own, is answered by itself.
    private static func asksForWhole(_ fields: HTTPFields, _ types: [String]) -> Bool {
        var isPlain = true
        for field in fields {
            switch field.name.utf8.count {
            case 6: isPlain = isPlain && (field.name != "accept" || field.value == "*/*" || types.contains(field.value))
            case 8: isPlain = isPlain && field.name != "if-match"
            case 11: isPlain = isPlain && field.name != "traceparent"
            case 13: isPlain = isPlain && field.name != "if-none-match"
            default: break
            }
        }
        return isPlain
    }
}
