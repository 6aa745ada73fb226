/// Why a build of the client is not served.
struct SiteError: Error, Equatable, CustomStringConvertible {
    /// Names the file and what is wrong with it.
    let description: String

    init(_ description: String) { self.description = description }
}
