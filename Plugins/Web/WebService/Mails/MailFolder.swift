/// The folder that the outbox driver writes. Everything here blocks.
struct MailFolder: Sendable {
    /// So many are listed.
    static let maximumListed = 50
    private static let maximumBytes = 4 << 20

    let path: String

    /// Names of the newest mails, newest first; none where there is no folder.
    func newest() -> [String] {
        let names = (try? FileReader.names(path)) ?? []
        return Array(names.filter(Self.isName).suffix(Self.maximumListed).reversed())
    }

    /// One mail; nil for a name that is none of a mail, or for no such file.
    func mail(_ name: String) -> MailText? {
        guard Self.isName(name), let bytes = try? FileReader.read("\(path)/\(name)", atMost: Self.maximumBytes) else {
            return nil
        }
        return MailText(parsing: bytes)
    }

    /// Whether a name is one that the driver gives: names in order are mails in order, and none leads elsewhere.
    static func isName(_ name: String) -> Bool {
        name.hasSuffix(".eml") && !name.hasPrefix(".") && name.utf8.count <= 200
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
