import Plugin

/// A service's library with its type.
struct LoadedPlugin {
    let name: String
    let library: LoadedLibrary
    let type: any Plugin.Type
}
