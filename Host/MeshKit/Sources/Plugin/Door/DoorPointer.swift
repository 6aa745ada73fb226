public import CMeshABI

/// What the entry of a plugin returns.
public typealias DoorPointer = UnsafePointer<mesh_plugin_t>
