import Glibc

@testable import WebService

/// A small build of a client, and what can be wrong with one.
struct SmallBuild {
    static let script = "main-7KQ2M3XA.js"
    var routes = ["/", "/stocks", "/stocks/:symbol", "/stocks/screener", "/verify-email", "/login"]
    var prerendered = ["/": "home", "/login": "login"]
    var assets: [String: [UInt8]] = [
        SmallBuild.script: Array(String(repeating: "export const answer = 42;\n", count: 100).utf8),
        "\(SmallBuild.script).br": Array("brotli".utf8), "\(SmallBuild.script).gz": Array("gzip".utf8),
        "inter-400-0A1B2C3D.woff2": [0, 1, 2, 3],
        "chart.js": Array("let a".utf8),
    ]
    var root: [String: [UInt8]] = [
        "robots.txt": Array("User-agent: *\n".utf8), "icons/192.png": [0x89, 0x50],
        "service-worker.js": Array("self.addEventListener('fetch', () => {})\n".utf8),
    ]
    var html = { (language: PageLanguage, name: String) in
        """
        <!doctype html>
        <html lang="\(language.rawValue)" data-theme="auto">
        <head><title>\(name)</title><script type="module" src="/assets/\(SmallBuild.script)"></script></head>
        <body><h1>\(name) \(language.rawValue)</h1>\(String(repeating: "<p>text</p>", count: 60))</body>
        </html>
        """
    }
    var names = ["home", "login", "shell", "not-found", "unavailable"]

    var contents: SiteContents {
        var contents = SiteContents()
        contents.description = Array(description.utf8)
        contents.assets = assets
        contents.root = root
        for language in PageLanguage.allCases {
            for name in names { contents.pages[language, default: [:]][name] = Array(html(language, name).utf8) }
        }
        return contents
    }

    var description: String {
        let routes = routes.map { "\"\($0)\"" }.joined(separator: ",")
        let prerendered = prerendered.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        return "{\"routes\":[\(routes)],\"prerendered\":{\(prerendered)}}"
    }

    func site(_ options: Site.Options = Site.Options()) throws -> Site { try Site(contents, options) }

    /// Writes it as the client's script does: site.json last, and under another name first.
    func write(to folder: String) throws {
        let contents = contents
        for path in ["", "/assets", "/root", "/root/icons", "/pages", "/pages/en", "/pages/es"] {
            mkdir(folder + path, 0o755)
        }
        for (name, bytes) in contents.assets { try Self.put(bytes, "\(folder)/assets/\(name)") }
        for (name, bytes) in contents.root { try Self.put(bytes, "\(folder)/root/\(name)") }
        for (language, pages) in contents.pages {
            for (name, bytes) in pages { try Self.put(bytes, "\(folder)/pages/\(language.rawValue)/\(name).html") }
        }
        try Self.put(contents.description, "\(folder)/site.json.new")
        rename("\(folder)/site.json.new", "\(folder)/site.json")
    }

    static func put(_ bytes: [UInt8], _ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw FolderFailure(callOn: path) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw FolderFailure(callOn: path) }
    }
}
