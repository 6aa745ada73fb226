import Synchronization

/// The site being served: one reference that readers take and a new build replaces.
final class SiteHolder: Sendable {
    private let held = Mutex<Site?>(nil)

    /// What is served now; nil before the first build.
    var site: Site? { held.withLock { $0 } }

    func replace(by site: Site) { held.withLock { $0 = site } }
}
