public import HTTP
internal import Logging
internal import Observe
internal import Reactor

/// Serves routes over HTTP: finds the route, binds the request, and turns every failure into a problem.
public struct RESTHandler: Sendable {
    let router: RESTRouter
    let timeout: Duration
    let shared = SharedAnswers()
    let keys = SharedAnswerKeys()
    private let maximumBody: Int
    private let metrics: RESTMetrics?
    private let catalogue: ProblemCatalogue?
    private let security: RESTSecurity

    /// A handler of these routes.
    /// - Parameters:
    ///   - catalogue: what a code's status is and what it is called; what is not in it is said as it comes.
    ///   - metrics: counts and times requests; nil for nobody.
    ///   - isSecure: whether browsers come by https, which they are then told to keep to.
    ///   - timeout: how long one request may take; further calls inherit what is left.
    ///   - maximumBody: bytes of content.
    /// - Throws: an error that names two routes for the same requests.
    public init(
        _ routes: [RESTRoute],
        catalogue: ProblemCatalogue? = nil,
        metrics: RESTMetrics? = nil,
        isSecure: Bool = false,
        timeout: Duration = .seconds(10),
        maximumBody: Int = 1 << 20
    ) throws {
        router = try RESTRouter(
            routes.map { route in
                var route = route
                route.metrics = metrics?.route(route.method, route.template)
                return route
            }
        )
        self.metrics = metrics
        self.catalogue = catalogue
        security = RESTSecurity(isSecure: isSecure)
        self.timeout = timeout
        self.maximumBody = maximumBody
    }

    /// Answers one request; never fails.
    @Sendable
    public func handle(_ request: HTTPRequest) async -> HTTPResponse {
        let begun = request.arrived ?? MonotonicTime.now()
        let fields = request.head.fields
        let trace = fields["traceparent"]
            .flatMap { TraceContext(traceparent: $0, tracestate: fields["tracestate"]) }?.child().resampled()
        let context = CallContext(
            incoming: Metadata(),
            deadline: nil,
            trace: trace ?? .root(),
            peer: .remote(request.remote),
            response: nil
        )
        let requestID = RESTRequestID.of(fields) ?? "\(context.trace.traceID)"
        var response: HTTPResponse
        var endpoint: RESTRouter.Endpoint?
        do {
            let answer =
                try await context.trace.isRecorded
                ? CurrentTrace.with(context.trace) { try await self.answer(request, context, begun, &endpoint) }
                : self.answer(request, context, begun, &endpoint)
            response = await finished(answer, endpoint, asked: fields)
            if case .stream(let events) = answer.body, endpoint?.route.isEndless == true {
                response.body = .stream { try await send(events, to: $0, requestID, fields, context) }
            }
        } catch {
            let refusal = error as? RESTRefusal
            let error = refusal?.cause ?? error
            if RPCError.hides(error), !(error is RESTError) {
                context.logger.error("a route threw", metadata: ["error": "\(String(reflecting: error))"])
            }
            let limit = endpoint?.route.timeout ?? timeout
            let isLate = error is CancellationError && begun.duration(to: MonotonicTime.now()) >= limit
            var answer = problem(isLate ? RPCError.deadlineExceeded : error, requestID, fields, context)
            if let refusal { answer.fields.append(contentsOf: refusal.fields) }
            response = await finished(answer, nil, asked: fields)
        }
        response.fields["x-request-id"] = requestID
        let nanoseconds = MonotonicTime.now().nanoseconds &- begun.nanoseconds
        if let metrics = endpoint?.route.metrics {
            metrics.finished(status: response.status, nanoseconds: nanoseconds)
        } else {
            metrics?.unmatched(request.head.method, status: response.status)
        }
        if context.trace.isRecorded {
            Tracer.process.record(.ofRequest(endpoint?.route, response.status, context.trace, nanoseconds))
        }
        return response
    }

    /// An answer with what the route and every answer says besides.
    func finished(
        _ answer: RESTResponse,
        _ endpoint: RESTRouter.Endpoint?,
        asked fields: HTTPFields
    ) async -> HTTPResponse {
        var answer = answer
        endpoint?.route.caching?.apply(to: &answer, asked: fields)
        var response = HTTPResponse(status: answer.status, body: answer.body)
        // Moved, as the list is added to.
        swap(&response.fields, &answer.fields)
        if !response.fields.contains("cache-control") { response.fields["cache-control"] = "no-store" }
        security.add(to: &response.fields)
        guard RESTCompression.isWorthwhile(response.body, response.fields, holdsSecret: answer.holdsSecret) else {
            return response
        }
        return await RESTCompression.applied(to: response, fixed: answer.fixed, asked: fields)
    }

    private func answer(
        _ request: HTTPRequest,
        _ context: CallContext,
        _ begun: MonotonicTime,
        _ matched: inout RESTRouter.Endpoint?
    ) async throws -> RESTResponse {
        let head = request.head
        if head.method == .options, head.target == "*" { return .noContent }
        do {
            let (endpoint, variables) = try router.find(head.method, head.path)
            matched = endpoint
            EventLoop.current?.nameCurrentTask(endpoint.route.template)
            guard AcceptedTypes.of(head.fields, include: endpoint.route.produces) else {
                let made = endpoint.route.produces.joined(separator: ", ")
                throw RESTError(406, "not-acceptable", "this path answers with \(made)")
            }
            guard !head.fields.contains("accept-encoding") || AcceptedCodings(head.fields).includesAny else {
                throw RESTError(406, "not-acceptable", "content is sent as it is, or as gzip")
            }
            let context =
                endpoint.route.isEndless
                ? context : limited(context, request, until: begun.advanced(by: endpoint.route.timeout ?? timeout))
            guard let filter = endpoint.route.filter else {
                return try await answer(request, context, by: endpoint, variables, attachment: nil)
            }
            let call = RESTCall(head: head, remote: request.remote, target: endpoint.target)
            return try await filter.answer(call, context) { context, attachment in
                try await answer(request, context, by: endpoint, variables, attachment: attachment)
            }
        } catch let error as RESTError where error.status == 405 && head.method == .options {
            try RESTSecurity.refusePreflight(head.fields)
            return RESTResponse(status: 204, fields: ["allow": error.allow.joined(separator: ", ")])
        }
    }

    private func answer(
        _ request: HTTPRequest,
        _ context: CallContext,
        by endpoint: RESTRouter.Endpoint,
        _ variables: [(name: String, value: String)],
        attachment: (any Sendable)?
    ) async throws -> RESTResponse {
        let limit = endpoint.route.maximumBody ?? maximumBody
        let isStreamed = endpoint.route.isStreamed
        let content = isStreamed || request.body.expectedLength == 0 ? [] : try await content(request, limit)
        var bound = try RESTRequest(
            variables: variables,
            query: request.head.query,
            content: content,
            contentType: request.head.fields["content-type"]
        )
        bound.head = request.head
        bound.attachment = attachment
        if isStreamed { bound.source = RESTContent(request.body, limit: limit) }
        return try await endpoint.route.body(&bound, context)
    }

    /// The context with its deadline. The request's own task is cancelled then, so that calls within the process need no
    /// timer each.
    private func limited(_ context: CallContext, _ request: HTTPRequest, until deadline: MonotonicTime) -> CallContext {
        guard request.cancelHandler(at: deadline) else { return context.with(deadline: deadline) }
        return context.enforcing(deadline)
    }

    private func content(_ request: HTTPRequest, _ limit: Int) async throws -> [UInt8] {
        do {
            return try await request.body.collect(upTo: limit)
        } catch let error as HTTPError where error.code == .cancelled {
            throw CancellationError()
        } catch let error as HTTPError {
            throw RESTError(error, limit: limit)
        }
    }

    /// Events, whose failure is the last of them.
    private func send(
        _ events: @Sendable (HTTPBodyWriter) async throws -> Void,
        to writer: HTTPBodyWriter,
        _ requestID: String,
        _ request: HTTPFields,
        _ context: CallContext
    ) async throws {
        do {
            try await events(writer)
        } catch let failure as RESTEventsFailure {
            try await failure.events.send("problem", details(failure.cause, requestID, request, context))
        }
    }

    private func details(
        _ error: any Error,
        _ requestID: String,
        _ request: HTTPFields,
        _ context: CallContext
    ) -> ProblemDetails {
        var problem = ProblemDetails(error, in: catalogue, spanish: Self.prefersSpanish(request))
        problem.requestID = requestID
        if catalogue != nil, !problem.isCatalogued {
            context.logger.error("a problem is not in the catalogue", metadata: ["code": "\(problem.code)"])
        }
        return problem
    }

    private func problem(
        _ error: any Error,
        _ requestID: String,
        _ request: HTTPFields,
        _ context: CallContext
    ) -> RESTResponse {
        let problem = details(error, requestID, request, context)
        var fields: HTTPFields = ["content-type": "application/problem+json"]
        if let error = error as? RESTError, !error.allow.isEmpty {
            fields["allow"] = error.allow.joined(separator: ", ")
        }
        if problem.status == 503 || problem.status == 429 {
            fields["retry-after"] = "\(problem.retryAfter?.components.seconds ?? 1)"
        }
        return RESTResponse(status: problem.status, fields: fields, body: .bytes(JSONWriter.bytes(problem)))
    }

    /// Whether the first language that the request accepts is Spanish (RFC 9110 §12.5.4); weights are not looked at.
    private static func prefersSpanish(_ fields: HTTPFields) -> Bool {
        guard let first = fields["accept-language"]?.split(separator: ",").first else { return false }
        let tag = first.prefix { $0 != ";" && $0 != "-" }.drop { $0 == " " }
        return tag.lowercased() == "es"
    }
}
