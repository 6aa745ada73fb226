import Config
import Glibc

/// The settings of the service, read.
struct WebSettings: Sendable {
    static let declared: [Setting] = [
        .string(folderKey, "folder of the built client; web beside the program if there is none"),
        .bool(watchKey, default: false, "for local work: serves each new build of the client that comes to the folder"),
        .string(mailsKey, "for local work: folder whose mails are shown at /mails, to this machine alone"),
    ]
    private static let folderKey = "web.folder"
    private static let watchKey = "web.watch"
    private static let mailsKey = "web.mails"

    /// Where the client is.
    let folder: String
    /// Whether somebody has said where: then it has to be there.
    let isFolderGiven: Bool
    /// Whether new builds are looked for.
    let watches: Bool
    /// Where mails are; nil for none.
    let mails: String?
    /// What people reach Lonja at.
    let origin: String
    /// Whether browsers come by https.
    let isSecure: Bool

    init(_ settings: Settings) throws {
        let given = settings.optionalString(Self.folderKey)
        folder = given ?? Self.besideProgram
        isFolderGiven = given != nil
        watches = settings.bool(Self.watchKey)
        mails = settings.optionalString(Self.mailsKey)
        let origin = try settings.publicOrigin()
        self.origin = origin.text
        isSecure = origin.isSecure
    }

    private static var besideProgram: String {
        guard let path = realpath("/proc/self/exe", nil) else { return "web" }
        defer { free(path) }
        let program = String(cString: path)
        return program[..<(program.lastIndex(of: "/") ?? program.startIndex)] + "/web"
    }
}
