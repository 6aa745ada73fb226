import Glibc

/// Finds libraries by name in the folders of `LONJA_PLUGIN_PATH`.
public struct PluginLocator: Sendable {
    /// Folders in the order they are searched.
    public let folders: [String]

    /// The folders of `path` (separated by ":"), or `plugins` beside the binary and the binary's own folder.
    public init(path: String?) {
        let given = (path ?? "").split(separator: ":").map(String.init)
        self.folders = given.isEmpty ? Self.defaults : given
    }

    private static var defaults: [String] {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? 0
            }
        }
        guard count > 0 else { return ["plugins", "."] }
        let binary = String(decoding: buffer[..<count], as: UTF8.self)
        let folder = binary.split(separator: "/").dropLast().joined(separator: "/")
        return ["/\(folder)/plugins", "/\(folder)"]
    }

    /// Path of the library of `name`: the first folder that has one ends the search, whether or not the file is good.
    public func find(_ role: PluginRole, _ name: String) throws(LoadError) -> String {
        guard PluginRole.isName(name) else {
            throw LoadError(
                .badName,
                plugin: name,
                "\"\(Self.printable(name))\" is no name of a \(role.rawValue): use a-z, 0-9 and \"-\", as in \"market\""
            )
        }
        for folder in self.folders {
            let found = Self.list(folder).filter { role.name(ofFile: $0) == name }
            guard let file = found.first else { continue }
            guard found.count == 1 else {
                throw LoadError(
                    .duplicate,
                    plugin: name,
                    "two files are \(role.rawValue) \(name): \(found.joined(separator: " and ")) in \(folder); remove one"
                )
            }
            return "\(folder)/\(file)"
        }
        throw LoadError(
            .missing,
            plugin: name,
            "lib\(Self.capitalised(name))\(role.suffix) is in none of: \(self.folders.joined(separator: ", "));"
                + " build it (swift build --product \(Self.product(role, name))) or set LONJA_PLUGIN_PATH"
        )
    }

    /// Every library of `role` with its path, by name; of two with one name, the one in the earlier folder.
    public func all(_ role: PluginRole) -> [(name: String, path: String)] {
        var found: [String: String] = [:]
        for folder in self.folders {
            for file in Self.list(folder) {
                guard let name = role.name(ofFile: file), found[name] == nil else { continue }
                found[name] = "\(folder)/\(file)"
            }
        }
        return found.sorted { $0.key < $1.key }.map { (name: $0.key, path: $0.value) }
    }

    /// Product of the build that makes a library: "MarketPlugin".
    static func product(_ role: PluginRole, _ name: String) -> String {
        Self.capitalised(name) + role.suffix.dropLast(3)
    }

    private static func capitalised(_ name: String) -> String {
        name.prefix(1).uppercased() + name.dropFirst()
    }

    private static func printable(_ text: String) -> String {
        String(decoding: text.utf8.prefix(64).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }

    private static func list(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names.sorted()
    }
}
