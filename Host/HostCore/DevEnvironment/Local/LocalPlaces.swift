import Config
import Glibc

/// Where services put files on a laptop, and who takes their mails: below `LONJA_STATE`, unless a setting says otherwise.
/// And where the client is that was built beside this program.
struct LocalPlaces: Sendable {
    private static let images = Setting.string("profile.images", "folder of the photos")
    private static let driver = Setting.string("notification.mail.driver", "name of the driver that sends mails")
    private static let outbox = Setting.string("notification.mail.outbox.folder", "folder that mails are written to")

    private static let client = Setting.string("web.folder", "folder of the built client")
    private static let watch = Setting.bool("web.watch", "whether new builds of it are served")
    private static let viewer = Setting.string("web.mails", "folder whose mails this machine may look at")

    /// Variables for the services.
    let environment: [String: String]
    /// Where mails land; nil if another driver than `outbox` takes them, or it has a folder of its own.
    let outbox: String?
    /// Whether a browser of this machine can look at them.
    let showsMails: Bool

    /// Makes the folders that are needed.
    /// - Throws: `StartError` where one cannot be made.
    static func make(_ state: String, environment: [String: String]) throws(StartError) -> LocalPlaces {
        let unset = try UnsetKeys.of([images, driver, outbox, client, watch, viewer], environment).map(\.key)
        var variables: [String: String] = [:]
        var mails: String?
        if unset.contains(images.key) {
            variables[images.variable] = try folder("\(state)/images")
        }
        if unset.contains(driver.key), unset.contains(outbox.key) {
            let path = try folder("\(state)/outbox")
            variables[driver.variable] = "outbox"
            variables[outbox.variable] = path
            mails = path
            if unset.contains(viewer.key) { variables[viewer.variable] = path }
        }
        if unset.contains(client.key), let path = builtClient { variables[client.variable] = path }
        if unset.contains(watch.key) { variables[watch.variable] = "true" }
        return LocalPlaces(
            environment: variables,
            outbox: mails,
            showsMails: variables[viewer.variable] != nil
        )
    }

    /// `.build/web` of the checkout that this program was built in; nil for one that was installed.
    private static var builtClient: String? {
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(path) }
        let steps = String(cString: path).split(separator: "/")
        guard let build = steps.lastIndex(of: ".build") else { return nil }
        return "/" + steps[...build].joined(separator: "/") + "/web"
    }

    private static func folder(_ path: String) throws(StartError) -> String {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            let why = String(cString: strerror(errno))
            throw StartError(.usage, "\(path) cannot be made: \(why); set LONJA_STATE to a folder of yours")
        }
        return path
    }
}
