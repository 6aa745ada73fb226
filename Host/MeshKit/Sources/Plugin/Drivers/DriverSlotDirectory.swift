import Synchronization

/// The slots that plugins of this process have. The host fills each.
public final class DriverSlotDirectory: Sendable {
    private let slots = Mutex<[String: any AnyDriverSlot]>([:])

    /// An empty directory.
    public init() {}

    /// The slot `name`; the same object for everybody who asks, who must agree on the port.
    func slot<Port: Sendable>(
        _ name: String,
        _ port: Port.Type,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) -> DriverSlot<Port> {
        let slot = slots.withLock { slots -> any AnyDriverSlot in
            if let known = slots[name] { return known }
            let new = DriverSlot<Port>(name, pause: pause)
            slots[name] = new
            return new
        }
        guard let typed = slot as? DriverSlot<Port> else {
            preconditionFailure("the slot \(name) has two ports")
        }
        return typed
    }

    /// Every slot anybody asked for, sorted by name.
    public var all: [any AnyDriverSlot] {
        slots.withLock { Array($0.values) }.sorted { $0.name < $1.name }
    }

    /// The slot `name`; nil if no plugin has it.
    public func find(_ name: String) -> (any AnyDriverSlot)? {
        slots.withLock { $0[name] }
    }
}
