import Glibc

@testable import Config

/// A folder of its own with a YAML file and secrets, gone when the test is.
final class ConfigFixture {
    let folder: String

    init() throws {
        var template = Array("/tmp/lonja-config-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure() }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        remove(folder)
    }

    struct Failure: Error {}

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Writes under another name and renames, as editors and Kubernetes do: the inode changes.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let temporary = path(".new")
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw Failure() }
        let bytes = Array(text.utf8)
        let count = Glibc.write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard count == bytes.count, rename(temporary, path(name)) == 0 else { throw Failure() }
        return path(name)
    }

    func makeFolder(_ name: String) throws -> String {
        guard mkdir(path(name), 0o700) == 0 else { throw Failure() }
        return path(name)
    }

    func link(_ name: String, to target: String) throws {
        unlink(path(".link"))
        guard symlink(target, path(".link")) == 0, rename(path(".link"), path(name)) == 0 else { throw Failure() }
    }

    private func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in (try? FileText.list(path)) ?? [] { remove("\(path)/\(name)") }
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    static let declared: [Setting] = [
        .string("market.quotes.driver", default: "replay", "which driver serves quotes"),
        .int("market.quotes.batch", default: 50, range: 1...100, "symbols in one call"),
        .duration("market.replay.dayLength", default: "10m", range: 1...86_400, "how long a replayed day takes"),
        .double("market.quotes.factor", default: 1.5, "how much"),
        .bool("market.quotes.enabled", default: true, "whether quotes are served"),
        .list("market.symbols", default: ["AAPL", "IBM"], "symbols to warm up"),
        .string("market.mode", default: "fast", choices: ["fast", "slow"], "how to go"),
        .secret("market.iex.token", "the token of the IEX account"),
        .string("market.url", "where it is"),
    ]

    func settings(
        _ environment: [String: String] = [:],
        tolerating: Set<String> = []
    ) throws(ConfigurationError) -> Settings {
        try Settings(declared: Self.declared, tolerating: tolerating, environment: environment)
    }
}
