import HostCore
import Plugin

/// Prints what library files are.
enum Inspection {
    /// A line for each of `paths`, or of all files of `role` that the host would find.
    /// - Throws: `Command.Ending` with the code of the first refusal, once all are printed.
    static func report(_ role: PluginRole, paths: [String]) throws {
        let environment = ProcessEnvironment.read()
        let locator = PluginLocator(path: environment["LONJA_PLUGIN_PATH"])
        let loader = PluginLoader(locator: locator, copies: PrivateCopies(environment: environment))
        let found = locator.all(role)
        let files =
            paths.isEmpty ? found.map { (path: $0.path, name: Optional($0.name)) } : paths.map { (path: $0, name: nil) }
        guard !files.isEmpty else {
            throw StartError(
                .pluginMissing,
                "no \(role.rawValue) is in: \(locator.folders.joined(separator: ", ")); set LONJA_PLUGIN_PATH"
            )
        }
        var failure: ExitCode?
        for file in files {
            do {
                let inspection = try loader.inspect(
                    file.path,
                    kind: role == .plugin && file.name != nil ? "service" : nil,
                    name: file.name
                )
                print(Self.line(inspection))
                failure = failure ?? inspection.refusal?.code.exitCode
            } catch {
                print("\(file.path): refused: \(error)")
                failure = failure ?? error.code.exitCode
            }
        }
        if let failure { throw Command.Ending(code: failure) }
    }

    private static func line(_ inspection: PluginInspection) -> String {
        let stamp = inspection.stamp
        let what = "\(stamp.kind) \(stamp.name) \(stamp.version)"
        let built = "ABI \(stamp.abiMajor).\(stamp.abiMinor), Swift \(stamp.compiler), SDK \(stamp.sdkHash.prefix(12))"
        let verdict = inspection.refusal.map { "refused: \($0)" } ?? "fits"
        return "\(inspection.path): \(what) (\(built)), sha256 \(inspection.hash): \(verdict)"
    }
}
