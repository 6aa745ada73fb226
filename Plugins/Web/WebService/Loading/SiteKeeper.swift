import Logging
import Observe
import Reactor

/// Loads the site, and in local work each new build of it. A build that cannot be served leaves the one before.
final class SiteKeeper: Sendable {
    private let folder: SiteFolder
    private let options: @Sendable () -> Site.Options
    private let holder: SiteHolder
    private let loops: EventLoopGroup
    private let logger: Logger
    private let loads: MetricFamily<Counter>

    init(
        folder: SiteFolder,
        holder: SiteHolder,
        loops: EventLoopGroup,
        logger: Logger,
        metrics: MetricRegistry,
        options: @escaping @Sendable () -> Site.Options
    ) {
        self.folder = folder
        self.options = options
        self.holder = holder
        self.loops = loops
        self.logger = logger
        loads = metrics.counters("web_builds_total", help: "Builds of the client that were read.", labels: ["outcome"])
    }

    /// Reads the folder and serves what is in it.
    /// - Throws: why not; what was served is served on.
    func load() async throws {
        let folder = folder
        let options = options
        do {
            let site = try await loops.blocking.run { try Site(folder.read(), options()) }
            holder.replace(by: site)
            loads.with("served").increment()
            logger.info(
                "serving a build of the client",
                metadata: ["folder": "\(folder.path)", "files": "\(site.files.count)"]
            )
        } catch {
            loads.with("refused").increment()
            throw error
        }
    }

    /// What is there now; nil too while too much else blocks.
    private func stamp() async -> BuildStamp? {
        let folder = folder
        return (try? await loops.blocking.run { folder.stamp }) ?? nil
    }

    /// Looks for new builds until it is cancelled.
    func watch(every period: Duration) async throws {
        let loop = loops.next()
        // What has not been served may be whole by now.
        var watch = BuildWatch(tried: holder.site == nil ? nil : await stamp())
        while true {
            try await loop.run { try await loop.sleep(for: period) }
            guard watch.shouldRead(await stamp()) else { continue }
            do {
                try await load()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.error(
                    "a build of the client is not served, the one before stays",
                    metadata: ["folder": "\(folder.path)", "reason": "\(error)"]
                )
                // A file that is away may be on its way; what is wrong within the files stays so.
                if error is FolderFailure { watch.forget() }
            }
        }
    }
}
