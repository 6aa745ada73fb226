public import Config
public import HTTP
import Logging
public import Plugin
import Reactor
import ServiceLifecycle

/// The web service as the host sees it: serves the built client.
public struct WebPlugin: Plugin {
    /// The name in `LONJA_PLUGIN`.
    public static var name: StaticString { "web" }
    /// Where the client is, and what local work wants.
    public static var settings: [Setting] { WebSettings.declared }

    /// How often new builds are looked for.
    private static let period = Duration.milliseconds(500)
    private let settings: WebSettings
    private let keeper: SiteKeeper
    private let holder: SiteHolder
    private let metrics: SiteMetrics
    private let mails: MailPages?
    private let logger: Logger

    /// Cheap; opens nothing.
    public init(context: PluginContext) throws {
        let settings = try WebSettings(context.settings)
        self.settings = settings
        logger = context.logger
        holder = SiteHolder()
        metrics = SiteMetrics(context.metrics)
        mails = settings.mails.map {
            MailPages(folder: MailFolder(path: $0), loops: context.loops, origin: settings.origin)
        }
        keeper = SiteKeeper(
            folder: SiteFolder(path: settings.folder),
            holder: holder,
            loops: context.loops,
            logger: context.logger,
            metrics: context.metrics
        ) { Site.Options(isSecure: settings.isSecure, mails: settings.mails == nil ? nil : MailPages.path) }
    }

    /// Takes the client into memory, so that the first request finds it.
    /// - Throws: why a folder that was asked for cannot be served; local work may still build it.
    public func migrate() async throws {
        do {
            try await keeper.load()
        } catch {
            guard settings.watches || !settings.isFolderGiven else { throw error }
            logger.warning(
                "there is no client to serve",
                metadata: ["reason": "\(error)", "hint": "sh Plugins/Web/client/build, or set LONJA_WEB_FOLDER"]
            )
        }
    }

    /// The client, for every path that is no route.
    public var site: HTTPSite? {
        let client = SiteHandler(holder, metrics)
        let mails = mails
        return HTTPSite(
            immediate: { head in mails != nil && MailPages.isPath(head.path) ? nil : client.answer(head) },
            handler: { request in await mails?.answer(request) ?? .prepared(client.answer(request.head)) }
        )
    }

    /// Picks up new builds if it is to, until the end.
    public func run() async throws {
        guard settings.watches else {
            try? await gracefulShutdown()
            return
        }
        try? await cancelWhenGracefulShutdown { try await keeper.watch(every: Self.period) }
    }
}
