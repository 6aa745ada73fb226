internal import CSystemSSL

/// Whom a certificate names.
public struct PeerIdentity: Sendable, Hashable, CustomStringConvertible {
    /// Its DNS names, in lower case.
    public let hosts: [String]
    /// Its URIs.
    public let uris: [String]

    /// An identity with these names.
    public init(hosts: [String], uris: [String] = []) {
        self.hosts = hosts
        self.uris = uris
    }

    /// The names of services: the first label of each DNS name, each once.
    public var services: [String] {
        var services: [String] = []
        for host in hosts {
            let label = String(host.prefix { $0 != "." })
            if !label.isEmpty, label != "*", !services.contains(label) { services.append(label) }
        }
        return services
    }

    /// The services, or what else there is.
    public var description: String {
        let names = services.isEmpty ? uris : services
        return names.isEmpty ? "nobody" : names.joined(separator: ",")
    }

    /// Reads the alternative names of an X509. What stands there was written by its authority, yet only names that look
    /// like some are taken.
    init(certificate: OpaquePointer) {
        var (hosts, uris): ([String], [String]) = ([], [])
        if let names = mesh_x509_names(certificate) {
            defer { GENERAL_NAMES_free(names) }
            hosts = Self.read(names, GEN_DNS).map { $0.lowercased() }
            uris = Self.read(names, GEN_URI)
        }
        self.init(hosts: hosts, uris: uris)
    }

    private static func read(_ names: OpaquePointer, _ kind: Int32) -> [String] {
        var found: [String] = []
        var next: Int32 = 0
        var start: UnsafePointer<UInt8>?
        while found.count < 64 {
            let count = Int(mesh_x509_next_name(names, kind, &next, &start))
            guard count >= 0 else { break }
            let bytes = UnsafeBufferPointer(start: start, count: count)
            guard (1...255).contains(count), bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { continue }
            found.append(String(decoding: bytes, as: UTF8.self))
        }
        return found
    }
}
