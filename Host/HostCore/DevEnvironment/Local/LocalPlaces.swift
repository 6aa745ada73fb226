import Config
import Glibc

/// Where services put files on a laptop, and who takes their mails: below `LONJA_STATE`, unless a setting says otherwise.
struct LocalPlaces: Sendable {
    private static let images = Setting.string("profile.images", "folder of the photos")
    private static let driver = Setting.string("notification.mail.driver", "name of the driver that sends mails")
    private static let outbox = Setting.string("notification.mail.outbox.folder", "folder that mails are written to")

    /// Variables for the services.
    let environment: [String: String]
    /// Where mails land; nil if another driver than `outbox` takes them, or it has a folder of its own.
    let outbox: String?

    /// Makes the folders that are needed.
    /// - Throws: `StartError` where one cannot be made.
    static func make(_ state: String, environment: [String: String]) throws(StartError) -> LocalPlaces {
        let unset = try UnsetKeys.of([images, driver, outbox], environment).map(\.key)
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
        }
        return LocalPlaces(environment: variables, outbox: mails)
    }

    private static func folder(_ path: String) throws(StartError) -> String {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            let why = String(cString: strerror(errno))
            throw StartError(.usage, "\(path) cannot be made: \(why); set LONJA_STATE to a folder of yours")
        }
        return path
    }
}
