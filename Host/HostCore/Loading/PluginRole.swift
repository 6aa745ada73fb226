/// The two things a library can be for the host.
public enum PluginRole: String, Sendable, Hashable {
    /// A service: lib<Name>Plugin.so.
    case plugin
    /// A driver of a service's slot: lib<Name>Driver.so.
    case driver

    /// What the file name ends with.
    var suffix: String {
        switch self {
        case .plugin: "Plugin.so"
        case .driver: "Driver.so"
        }
    }

    /// The name in a file's name, nil if the file is not of this role: "libMarketPlugin.so" is plugin "market".
    func name(ofFile file: String) -> String? {
        guard file.hasPrefix("lib"), file.hasSuffix(self.suffix) else { return nil }
        let name = file.dropFirst(3).dropLast(self.suffix.count).lowercased()
        return Self.isName(name) ? name : nil
    }

    /// Whether `name` is one path component of a-z, 0-9 and "-", at most 32 bytes, beginning with a letter.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (0x61...0x7A).contains(first), name.utf8.count <= 32 else { return false }
        return name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}
