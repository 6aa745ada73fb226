// The pointer leads to memory that nobody writes after `init` and nobody frees, so any thread may read it.
/// The door of a driver's library. Entry.swift holds one as a global and returns its pointer from `mesh_plugin`.
public struct DriverDoor: @unchecked Sendable {
    /// What the entry returns; valid to the end of the process.
    public let pointer: DoorPointer

    /// The door to `driver`. `stamp` is the generated one of the entry's own module.
    public init(_ driver: (some Driver).Type, stamp: StampWords) {
        self.pointer = Door.make(stamp, name: driver.name, factory: DriverFactory(driver))
    }
}
