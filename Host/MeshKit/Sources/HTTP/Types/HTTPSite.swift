/// What answers every public request that is not for a route.
public struct HTTPSite: Sendable {
    /// Asked first.
    public let immediate: HTTPImmediate
    /// Answers the rest.
    public let handler: HTTPHandler

    /// Makes a site.
    public init(immediate: @escaping HTTPImmediate, handler: @escaping HTTPHandler) {
        self.immediate = immediate
        self.handler = handler
    }
}
