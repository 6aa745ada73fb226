/// Stands around the routes it is put on (``RESTRoute/filtered(by:)``).
public protocol RESTFilter: Sendable {
    /// Answers a request, by `route` or by itself.
    ///
    /// It may refuse by throwing, give the route another context (what is in its `outgoing` goes with the calls the route
    /// makes) and change what the route answers. The content is read once `route` is called, not before.
    /// - Parameters:
    ///   - call: the request's head and route.
    ///   - context: has the request's deadline and trace.
    ///   - route: answers; its second argument is what the route finds as ``RESTRequest/attachment``.
    func answer(
        _ call: RESTCall,
        _ context: CallContext,
        _ route: (CallContext, (any Sendable)?) async throws -> RESTResponse
    ) async throws -> RESTResponse
}
