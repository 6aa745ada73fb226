import CMeshABI
public import Plugin

/// A library that passed every check and is open, to the end of the process.
public struct LoadedLibrary: Sendable {
    /// Where the file was found.
    public let path: String
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    public let hash: String
    /// What it was built with.
    public let stamp: PluginStamp
    /// Number among the builds of its kind in this process, from 1.
    public let generation: Int

    let door: Door

    // Leads to a static struct that is constant after the entry returned (mesh_abi.h), so any thread may read it.
    struct Door: @unchecked Sendable {
        let pointer: DoorPointer
    }

    /// The plugin type behind the door. The library must be of kind "service".
    func pluginType() throws(LoadError) -> any Plugin.Type {
        let object = try self.make()
        guard self.stamp.kind == "service", let factory = object as? PluginFactory else {
            throw self.wrongFactory("plugin")
        }
        return factory.plugin
    }

    /// The driver type behind the door. The library must be of a slot's kind.
    func driverType() throws(LoadError) -> any Driver.Type {
        let object = try self.make()
        guard let factory = object as? DriverFactory else { throw self.wrongFactory("driver") }
        return factory.driver
    }

    private func make() throws(LoadError) -> AnyObject {
        guard let object = self.door.pointer.pointee.make(self.door.pointer) else {
            throw LoadError(
                .makeFailed,
                plugin: self.stamp.name,
                "\(self.path): its door makes nothing; build it again"
            )
        }
        return Unmanaged<AnyObject>.fromOpaque(object).takeRetainedValue()
    }

    private func wrongFactory(_ wanted: String) -> LoadError {
        LoadError(
            .makeFailed,
            plugin: self.stamp.name,
            "\(self.path): its door does not make a \(wanted); see Entry.swift"
        )
    }
}
