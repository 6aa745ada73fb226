// The pointer leads to memory that nobody writes after `init` and nobody frees, so any thread may read it.
/// The door of a service's library. Entry.swift holds one as a global and returns its pointer from `mesh_plugin`.
public struct PluginDoor: @unchecked Sendable {
    /// What the entry returns; valid to the end of the process.
    public let pointer: DoorPointer

    /// The door to `plugin`. `stamp` is the generated one of the entry's own module.
    public init(_ plugin: (some Plugin).Type, stamp: StampWords) {
        self.pointer = Door.make(stamp, name: plugin.name, factory: PluginFactory(plugin))
    }
}
