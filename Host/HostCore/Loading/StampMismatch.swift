import CMeshABI
import Plugin

/// The fields of a stamp that do not fit what is expected of it, for one line of text.
struct StampMismatch: Equatable {
    /// One field: what was expected and what the file has.
    struct Field: Equatable {
        let name: String
        let expected: String
        let found: String
    }

    let fields: [Field]

    /// Nil if `found` may be loaded by a host with the stamp `host`, as `kind` and `name`.
    ///
    /// The same major, and a minor not above the host's; everything else equal. There are no warnings.
    init?(_ found: PluginStamp, host: PluginStamp, kind: String?, name: String?) {
        var fields: [Field] = []
        func compare(_ field: String, _ expected: String, _ value: String) {
            if expected != value { fields.append(Field(name: field, expected: expected, found: value)) }
        }
        compare("stamp version", "\(host.structVersion)", "\(found.structVersion)")
        // A stamp of another form may mean something else by the rest.
        if fields.isEmpty {
            compare("ABI major", "\(host.abiMajor)", "\(found.abiMajor)")
            if found.abiMajor == host.abiMajor, found.abiMinor > host.abiMinor {
                fields.append(
                    Field(name: "ABI minor", expected: "at most \(host.abiMinor)", found: "\(found.abiMinor)")
                )
            }
            if found.doorSize != host.doorSize {
                compare("door size", "\(host.doorSize) bytes", "\(found.doorSize) bytes")
            }
            compare("SDK hash", host.sdkHash, found.sdkHash)
            compare("compiler", host.compiler, found.compiler)
            compare("version", host.version, found.version)
            if let kind { compare("kind", kind, found.kind) }
            if let name { compare("name", name, found.name) }
        }
        guard !fields.isEmpty else { return nil }
        self.fields = fields
    }

    /// "ABI major: expected 1, found 2; compiler: expected 6.3.1, found 6.2.0".
    var description: String {
        self.fields.map { "\($0.name): expected \($0.expected), found \($0.found)" }.joined(separator: "; ")
    }

    /// Whether it is a sound plugin, but not the one asked for: building it again does not help then.
    var isOnlyIdentity: Bool { self.fields.allSatisfy { $0.name == "kind" || $0.name == "name" } }
}
