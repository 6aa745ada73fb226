import Glibc
import TestServers
import Testing

@testable import WebService

/// What is made of a build, and which builds are refused.
@Suite struct SiteTests {
    private func refusal(_ change: (inout SmallBuild) -> Void) throws -> String {
        var build = SmallBuild()
        change(&build)
        let error = #expect(throws: SiteError.self) { try build.site() }
        return try #require(error).description
    }

    @Test func aMissingPageIsNamed() throws {
        #expect(try refusal { $0.names.removeAll { $0 == "shell" } } == "pages/en/shell.html is missing")
        #expect(try refusal { $0.names.removeAll { $0 == "login" } } == "pages/en/login.html is missing")
    }

    @Test func aMissingAssetIsNamed() throws {
        let said = try refusal { build in build.assets = build.assets.filter { !$0.key.hasPrefix("main-") } }
        #expect(said == "pages/en/home.html names /assets/\(SmallBuild.script), which is missing")
    }

    @Test func pagesSayTheirLanguageAndHaveAPlaceForTheTheme() throws {
        let wrong = try refusal { $0.html = { _, _ in "<html lang=\"en\" data-theme=\"auto\"><p lang=\"es\">" } }
        #expect(wrong == "pages/es/home.html: <html> does not say lang=\"es\"")
        let none = try refusal { $0.html = { "<html lang=\"\($0.rawValue)\"><p data-theme=\"auto\">\($1)" } }
        #expect(none == "pages/en/home.html: <html> does not say data-theme=\"auto\"")
        #expect(try refusal { $0.html = { _, _ in "text" } } == "pages/en/home.html has no <html>")
    }

    @Test func siteJSONIsReadStrictly() throws {
        #expect(try refusal { $0.routes = [] } == "site.json has no list of routes")
        #expect(try refusal { $0.routes.append("/stocks/:other") }.hasPrefix("site.json: /stocks/:other"))
        let stray = try refusal { $0.prerendered["/nowhere"] = "home" }
        #expect(stray == "site.json: /nowhere is prerendered, but no route")
        #expect(try refusal { $0.prerendered["/"] = "../home" } == "site.json: ../home is no name of a page")
        var contents = SmallBuild().contents
        contents.description = Array("{".utf8)
        #expect(throws: SiteError("site.json is no JSON")) { try Site(contents, Site.Options()) }
        contents.description = Array("{\"routes\":[\"/\"],\"prerendered\":{\"/\":1}}".utf8)
        #expect(throws: SiteError("site.json: prerendered does not give a name to each path")) {
            try Site(contents, Site.Options())
        }
    }

    @Test func aFileOfNoKnownTypeIsNamed() throws {
        #expect(try refusal { $0.root["tool.exe"] = [1] } == "root/tool.exe is of no known type")
    }

    @Test func compressedFormsBelongToTheirFile() throws {
        let site = try SmallBuild().site()
        #expect(site.files["/assets/\(SmallBuild.script)"] != nil)
        #expect(site.files["/assets/\(SmallBuild.script).br"] == nil)
        #expect(site.files["/icons/192.png"] != nil)
        #expect(site.files["/site.json"] == nil)
    }

    @Test func whatIsCompressedHereIsSmallerAndDiffersByCoding() throws {
        let text = Array(String(repeating: "all work and no play ", count: 100).utf8)
        let brotli = try #require(Compressor.compressed(text, .brotli))
        let gzip = try #require(Compressor.compressed(text, .gzip))
        #expect(brotli.count < gzip.count && gzip.count < text.count / 10)
        #expect(gzip.starts(with: [0x1f, 0x8b]))
        #expect(Compressor.compressed(Array(text.prefix(100)), .gzip) == nil)
        let noise = (0..<4000).map { _ in UInt8.random(in: .min ... .max) }
        #expect(Compressor.compressed(noise, .brotli) == nil)
    }

    @Test func theFolderIsReadAsItIsWritten() throws {
        let folder = try TemporaryFolder()
        try SmallBuild().write(to: folder.path)
        let read = try SiteFolder(path: folder.path).read()
        #expect(read.assets == SmallBuild().contents.assets)
        #expect(read.root == SmallBuild().contents.root)
        #expect(read.pages == SmallBuild().contents.pages)
    }

    @Test func linksAreNotFollowed() throws {
        let folder = try TemporaryFolder()
        try SmallBuild().write(to: folder.path)
        symlink("/etc/passwd", "\(folder.path)/root/passwd.txt")
        symlink("/etc", "\(folder.path)/root/etc")
        let read = try SiteFolder(path: folder.path).read()
        #expect(read.root == SmallBuild().contents.root)
    }

    @Test func anAbsentFolderIsSaidToBeAbsent() throws {
        let error = #expect(throws: FolderFailure.self) { try SiteFolder(path: "/nowhere/at/all").read() }
        #expect(error?.isAbsence == true)
        #expect(error?.description == "/nowhere/at/all/site.json: No such file or directory")
    }

    @Test func aNewBuildIsReadOnceItStays() throws {
        let folder = try TemporaryFolder()
        let site = SiteFolder(path: folder.path)
        var watch = BuildWatch(tried: site.stamp)
        func look(_ stamps: [BuildStamp?]) -> [Bool] { stamps.map { watch.shouldRead($0) } }
        #expect(look([site.stamp]) == [false])
        try SmallBuild().write(to: folder.path)
        let first = try #require(site.stamp)
        #expect(look([first, first, first]) == [false, true, false])
        try SmallBuild().write(to: folder.path)
        let second = try #require(site.stamp)
        #expect(first != second)
        // It changed again meanwhile, or is away for a moment.
        #expect(look([second, nil, second, second, second]) == [false, false, false, true, false])
        watch.forget()
        #expect(look([second, second]) == [false, true])
    }
}
