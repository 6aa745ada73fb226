import Config
import Glibc

/// The settings of the driver, read.
struct OutboxSettings: Sendable {
    static let declared: [Setting] = [
        .string("notification.mail.outbox.folder", "Folder for the mails; outbox in LONJA_STATE if there is none"),
        .int("notification.mail.outbox.keep", default: 200, range: 1...100_000, "Mails to keep, the newest"),
    ]

    let folder: String
    let keep: Int

    init(_ settings: Settings) {
        let snapshot = settings.snapshot
        folder = snapshot.optionalString("notification.mail.outbox.folder") ?? Self.stateFolder + "/outbox"
        keep = snapshot.int("notification.mail.outbox.keep")
    }

    /// LONJA_STATE of DESIGN §3, which is not a setting.
    private static var stateFolder: String {
        guard let value = getenv("LONJA_STATE"), value.pointee != 0 else { return ".lonja" }
        return String(cString: value)
    }
}
