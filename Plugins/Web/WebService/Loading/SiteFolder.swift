/// The folder that the client's build writes. Everything here blocks.
struct SiteFolder: Sendable {
    /// What a build may have, so that a wrong folder is not taken into memory.
    static let maximumFiles = 4096
    static let maximumBytes = 128 << 20

    let path: String

    /// Which build is there; nil for none.
    var stamp: BuildStamp? { BuildStamp("\(path)/site.json") }

    /// Every file of a build, site.json first.
    /// - Throws: `FolderFailure`, also if a build was at work meanwhile.
    func read() throws(FolderFailure) -> SiteContents {
        let before = stamp
        var reading = Reading()
        var contents = SiteContents()
        let description = "\(path)/site.json"
        guard let text = try FileReader.read(description, atMost: SiteDescription.maximumBytes) else {
            throw FolderFailure(reason: "\(description) is no file")
        }
        contents.description = text
        try reading.add("\(path)/assets", "", to: &contents.assets, depth: 0)
        for language in PageLanguage.allCases {
            var files: [String: [UInt8]] = [:]
            try reading.add("\(path)/pages/\(language.rawValue)", "", to: &files, depth: 0)
            var pages: [String: [UInt8]] = [:]
            for (name, bytes) in files where name.hasSuffix(".html") { pages[String(name.dropLast(5))] = bytes }
            contents.pages[language] = pages
        }
        if FileReader.isFolder("\(path)/root") {
            try reading.add("\(path)/root", "", to: &contents.root, depth: 3)
        }
        guard before == stamp else { throw FolderFailure(reason: "\(description) changed while the build was read") }
        return contents
    }

    /// Counts what has been read.
    private struct Reading {
        var files = 0
        var bytes = 0

        /// Adds the files of a folder, and of those in it.
        mutating func add(
            _ folder: String,
            _ prefix: String,
            to files: inout [String: [UInt8]],
            depth: Int
        ) throws(FolderFailure) {
            for name in try FileReader.names(folder) {
                let file = "\(folder)/\(name)"
                guard name.utf8.allSatisfy(Self.isPlain) else {
                    throw FolderFailure(reason: "\(folder) has a name with more than letters, digits and . - _")
                }
                if depth > 0, FileReader.isFolder(file) {
                    try add(file, "\(prefix)\(name)/", to: &files, depth: depth - 1)
                    continue
                }
                self.files += 1
                guard self.files <= maximumFiles else {
                    throw FolderFailure(reason: "\(folder): more than \(maximumFiles) files")
                }
                guard let content = try FileReader.read(file, atMost: maximumBytes - bytes) else { continue }
                bytes += content.count
                files[prefix + name] = content
            }
        }

        private static func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
    }
}
