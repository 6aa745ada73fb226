internal import CMeshABI
import Glibc

/// Builds the static `mesh_plugin_t` of an image; its memory is never given back, since plugins are never unloaded.
enum Door {
    /// A door that says what `words` (compiled into the plugin) say, with `name` as the plugin's type has it.
    static func make(_ words: StampWords, name: StaticString, factory: AnyObject) -> DoorPointer {
        let read = PluginStamp(words: words)
        let door = UnsafeMutablePointer<mesh_plugin_t>.allocate(capacity: 1)
        let raw = UnsafeMutableRawPointer(door)
        // Imported C structs with non-null pointers have no empty initialiser: build it whole.
        let stamp = withUnsafeBytes(of: words) { $0.loadUnaligned(as: mesh_stamp_t.self) }
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<mesh_plugin_t>.size)
        door.initialize(
            to: mesh_plugin_t(
                struct_size: read.doorSize,
                abi_major: read.abiMajor,
                abi_minor: read.abiMinor,
                reserved: 0,
                stamp: stamp,
                kind: Self.text(read.kind),
                name: Self.text(name.description),
                version: Self.text(read.version),
                make: Self.retainFactory,
                context: UnsafeRawPointer(Unmanaged.passRetained(factory).toOpaque())
            )
        )
        return DoorPointer(door)
    }

    private static let retainFactory: @convention(c) (UnsafePointer<mesh_plugin_t>) -> UnsafeMutableRawPointer? = {
        door in
        guard let context = door.pointee.context else { return nil }
        return Unmanaged<AnyObject>.fromOpaque(context).retain().toOpaque()
    }

    /// A zero-terminated copy that lives as long as the process.
    private static func text(_ string: String) -> UnsafePointer<CChar> {
        let bytes = Array(string.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        return UnsafePointer(copy)
    }
}
