/// A gRPC service with its code: what a plugin gives the host. Generated protocols refine it and register each of their
/// methods.
public protocol RPCService: Sendable {
    /// What the service is called and looks like.
    static var serviceDescriptor: ServiceDescriptor { get }
    /// Puts a handler for every method into `routes`.
    func register(in routes: inout RPCRoutes)
}
