import RPC

/// What `site.json` says: which paths are pages, and which of them have a file of their own. A value.
struct SiteDescription: Equatable {
    static let maximumBytes = 1 << 20

    /// Patterns such as `/stocks/:symbol`, in the order they came.
    let routes: [String]
    /// The name of a page's file by its pattern; the shell where there is none.
    let prerendered: [String: String]

    /// Reads the file's text.
    init(parsing bytes: [UInt8]) throws(SiteError) {
        guard let value = JSONValue(parsing: bytes, maximumBytes: Self.maximumBytes) else {
            throw SiteError("site.json is no JSON")
        }
        guard let routes = value["routes"]?.strings, !routes.isEmpty else {
            throw SiteError("site.json has no list of routes")
        }
        let pairs = value["prerendered"].map { $0.object?.compactMapValues(\.string) } ?? [:]
        guard let pairs, pairs.count == value["prerendered"]?.object?.count ?? 0 else {
            throw SiteError("site.json: prerendered does not give a name to each path")
        }
        for (path, name) in pairs.sorted(by: { $0.key < $1.key }) {
            guard routes.contains(path) else { throw SiteError("site.json: \(path) is prerendered, but no route") }
            guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
                throw SiteError("site.json: \(name) is no name of a page")
            }
        }
        self.routes = routes
        prerendered = pairs
    }
}
