import Config
import HTTP
import RPC

/// Whether what changes something was sent by our own pages, or by no page at all.
///
/// A browser says so itself (`Sec-Fetch-Site`), and no page can change what it says; older ones name the origin of the
/// page. Programs send neither, and carry no cookies that another page could use.
struct OriginCheck: Sendable {
    let own: PublicOrigin

    /// - Throws: 403 for what another site began.
    func check(_ fields: HTTPFields) throws {
        let sites = fields.values(for: "sec-fetch-site")
        let origins = fields.values(for: "origin")
        let passes: Bool
        if sites.isEmpty {
            passes = origins.isEmpty || origins == [own.text]
        } else {
            passes = sites == ["same-origin"] || sites == ["none"]
        }
        guard passes else {
            throw RPCError(.permissionDenied, "another site began this request", reason: "cross-site")
        }
    }
}
