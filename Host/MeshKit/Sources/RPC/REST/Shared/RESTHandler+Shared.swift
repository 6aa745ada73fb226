public import HTTP
internal import Reactor

extension RESTHandler {
    /// Takes a request for what is the same for everybody, which then waits for its answer together with others; false for
    /// all that has to be answered by itself. On the request's loop.
    @Sendable
    public func seat(_ seat: HTTPSeat) -> Bool {
        let head = seat.head
        guard head.method == .get || head.method == .head,
            let (endpoint, _) = try? router.find(head.method, head.path), endpoint.route.isShareable,
            Self.asksForWhole(head.fields, endpoint.route.produces)
        else { return false }
        let call = RESTCall(head: head, remote: seat.remote, target: endpoint.target)
        var ticket: (any RESTTicket)?
        if let gate = endpoint.route.gate {
            ticket = gate.arrive(call)
            guard ticket != nil else { return false }
        }
        let codings = head.fields.contains("accept-encoding") ? AcceptedCodings(head.fields) : nil
        guard codings?.includesAny ?? true else { return false }
        let key = SharedAnswerKey(
            loop: seat.loop.index,
            endpoint: ObjectIdentifier(endpoint),
            target: head.target,
            isCoded: codings?.prefersGzip ?? false
        )
        shared.arrive(
            SharedAnswers.Guest(seat: seat, call: call, ticket: ticket),
            key,
            endpoint,
            timeout: endpoint.route.timeout ?? timeout,
            sharedAnswer
        )
        return true
    }

    /// The answer of a round; nil for what is not a success, which each request is told by itself.
    @Sendable
    private func sharedAnswer(
        _ key: SharedAnswerKey,
        _ endpoint: RESTRouter.Endpoint,
        _ context: CallContext
    ) async throws -> HTTPPreparedResponse? {
        let fields: HTTPFields = key.isCoded ? ["accept-encoding": "gzip"] : [:]
        let head = HTTPRequestHead(
            method: .get,
            authority: "",
            target: key.target,
            fields: fields,
            version: .http1_1
        )
        var request = try RESTRequest(
            variables: router.find(.get, head.path).variables,
            query: head.query,
            content: []
        )
        request.head = head
        let answer = try await endpoint.route.body(&request, context)
        let response = await finished(answer, endpoint, asked: fields)
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
