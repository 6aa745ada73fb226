import Plugin
import Reactor
import ServiceLifecycle

/// A plugin's instance with the library it comes from.
struct RunningPlugin: Service {
    let name: String
    let library: LoadedLibrary
    let plugin: any Plugin

    /// The plugin's work, under a name that the watchdog can tell.
    func run() async throws {
        EventLoop.current?.nameCurrentTask("run of plugin \(self.name)")
        try await self.plugin.run()
    }
}
