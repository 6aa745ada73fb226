/// The files of a build, as they are on the disk. A value.
struct SiteContents {
    /// The text of site.json.
    var description: [UInt8] = []
    /// By name: what is served below /assets/.
    var assets: [String: [UInt8]] = [:]
    /// By language and name without `.html`.
    var pages: [PageLanguage: [String: [UInt8]]] = [:]
    /// By path without the first slash: what is served at the root.
    var root: [String: [UInt8]] = [:]
}
