import Plugin

/// A plugin's instance with the library it comes from.
struct RunningPlugin: Sendable {
    let name: String
    let library: LoadedLibrary
    let plugin: any Plugin
}
