import Foundation
import PackagePlugin

/// Gives a target its Stamp.swift: what it is (from its folder) and what it is built with.
@main
struct MeshStamp: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        let root = try self.repository(above: context.package.directoryURL)
        let inputs = ["Host/MeshKit/Sources", "Protos/Sources/Contracts"].flatMap {
            self.files(below: root.appending(path: $0))
        }
        let (kind, name) = try self.identity(of: target)
        let output = context.pluginWorkDirectoryURL.appending(path: "Stamp.swift")
        let compiler = (try? context.tool(named: "swiftc").url.path()) ?? "swiftc"
        return [
            .buildCommand(
                displayName: "Stamping \(target.name)",
                executable: try context.tool(named: "MeshStampTool").url,
                arguments: [output.path(), compiler, kind, name, root.path()] + inputs.map { $0.path() },
                inputFiles: inputs,
                outputFiles: [output]
            )
        ]
    }

    /// Kind and name follow from the folder: Plugins/Market/MarketPlugin, Plugins/Drivers/Quotes/Replay/ReplayDriver.
    private func identity(of target: any SourceModuleTarget) throws -> (kind: String, name: String) {
        let path = target.directoryURL.pathComponents
        if target.name.hasSuffix("Plugin"), target.name != "Plugin" {
            return ("service", target.name.dropLast("Plugin".count).lowercased())
        }
        if target.name.hasSuffix("Driver"), let drivers = path.lastIndex(of: "Drivers"), drivers + 1 < path.count {
            let slots = ["Mail": "notification.mail", "Quotes": "market.quotes", "Brokerage": "wallet.brokerage"]
            guard let slot = slots[path[drivers + 1]] else {
                throw StampError(description: "\(target.name): no slot belongs to the folder \(path[drivers + 1])")
            }
            return (slot, target.name.dropLast("Driver".count).lowercased())
        }
        return target.name == "Plugin" ? ("sdk", "meshkit") : ("host", "lonja")
    }

    private func repository(above folder: URL) throws -> URL {
        var folder = folder
        while folder.pathComponents.count > 1 {
            if FileManager.default.fileExists(atPath: folder.appending(path: "Host/MeshKit/Package.swift").path()) {
                return folder
            }
            folder = folder.deletingLastPathComponent()
        }
        throw StampError(description: "Host/MeshKit is not above \(folder.path())")
    }

    private func files(below folder: URL) -> [URL] {
        let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (all?.allObjects as? [URL] ?? [])
            .filter { ["swift", "h", "c", "modulemap"].contains($0.pathExtension) }
            .sorted { $0.path() < $1.path() }
    }
}

struct StampError: Error, CustomStringConvertible {
    let description: String
}
