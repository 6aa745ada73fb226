import Foundation

/// Where the build put what the tests look at.
enum BuildFolder {
    /// The folder of `lonja` and of every library: the one of the test binary itself.
    static let path: String = {
        let binary = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var url = URL(fileURLWithPath: binary).deletingLastPathComponent()
        // The runner may be one inside the toolchain; the bundle is then its argument.
        if !FileManager.default.fileExists(atPath: url.appending(path: "lonja").path()) {
            let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ""
            url = URL(fileURLWithPath: bundle)
            while url.pathComponents.count > 1,
                !FileManager.default.fileExists(atPath: url.appending(path: "lonja").path())
            {
                url = url.deletingLastPathComponent()
            }
        }
        return url.path()
    }()

    /// A file in it.
    static func file(_ name: String) -> String { URL(fileURLWithPath: Self.path).appending(path: name).path() }
}
