/// The services of a process, made once before it serves anything. Any thread.
public final class RPCServiceTable: Sendable {
    /// What is served, in the order it was given.
    public let services: [ServiceDescriptor]
    /// Hears of calls to methods that are not here; of the others, their handlers' recorders do.
    public let observer: (any CallObserver)?

    /// Open addressing, a power of two of slots, at most half of them taken.
    private let slots: [MethodHandler?]
    /// How many handlers there are.
    let handlerCount: Int

    /// Collects the handlers of all services.
    /// - Parameter observer: hears of their calls.
    /// - Throws: ``RPCTableError`` for a service or a method that is there twice, or one that has a method without
    ///   a handler.
    public init(
        _ services: [any RPCService],
        observer: (any CallObserver)? = nil
    ) throws(RPCTableError) {
        self.observer = observer
        var descriptors: [ServiceDescriptor] = []
        var handlers: [MethodHandler] = []
        for service in services {
            let descriptor = type(of: service).serviceDescriptor
            let name = descriptor.name
            guard !descriptors.contains(where: { $0.name == name }) else {
                throw RPCTableError(.duplicateService, subject: name)
            }
            var routes = RPCRoutes()
            service.register(in: &routes)
            for handler in routes.handlers where handler.method.service != name {
                throw RPCTableError(.foreignMethod, subject: handler.method.path)
            }
            descriptors.append(descriptor)
            guard Set(routes.handlers.map(\.method.index)).count >= descriptor.methodCount else {
                throw RPCTableError(.missingHandler, subject: name)
            }
            handlers += routes.handlers
        }
        self.services = descriptors
        var size = 16
        while size < handlers.count * 2 {
            size *= 2
        }
        var slots = [MethodHandler?](repeating: nil, count: size)
        var count = 0
        for handler in handlers {
            var index = Int(truncatingIfNeeded: handler.method.hash) & (size - 1)
            while let other = slots[index] {
                guard other.method.path != handler.method.path else {
                    throw RPCTableError(.duplicateMethod, subject: handler.method.path)
                }
                index = (index + 1) & (size - 1)
            }
            handler.recorder = observer?.recorder(of: handler.method)
            handler.place = count
            count += 1
            slots[index] = handler
        }
        self.slots = slots
        handlerCount = count
    }

    /// Every method that is served, in no order.
    public var methods: [RPCMethod] { slots.compactMap { $0?.method } }

    /// The handler of a path, `/service/Method`, as it came: nil for UNIMPLEMENTED. Makes no string.
    public func handler(at path: UnsafeRawBufferPointer) -> MethodHandler? {
        var index = Int(truncatingIfNeeded: PathHash.of(path)) & (slots.count - 1)
        while let handler = slots[index] {
            if handler.method.pathBytes.count == path.count, handler.method.pathBytes.elementsEqual(path) {
                return handler
            }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The handler of a method as a caller of this process knows it.
    func handler(for method: RPCMethod) -> MethodHandler? {
        var index = Int(truncatingIfNeeded: method.hash) & (slots.count - 1)
        while let handler = slots[index] {
            if handler.method === method || handler.method.path == method.path {
                return handler
            }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Whether a service of this full name is here.
    public func serves(_ service: String) -> Bool {
        services.contains { $0.name == service }
    }
}
