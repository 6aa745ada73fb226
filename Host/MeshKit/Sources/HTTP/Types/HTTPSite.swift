/// What answers public requests: those that are not for a route, or all of them.
public struct HTTPSite: Sendable {
    /// Asked first.
    public let immediate: HTTPImmediate
    /// Asked second, where there is one.
    public let seating: HTTPSeating?
    /// Answers the rest.
    public let handler: HTTPHandler

    /// Makes a site.
    public init(
        immediate: @escaping HTTPImmediate,
        seating: HTTPSeating? = nil,
        handler: @escaping HTTPHandler
    ) {
        self.immediate = immediate
        self.seating = seating
        self.handler = handler
    }
}
