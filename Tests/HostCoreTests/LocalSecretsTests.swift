import Glibc
import TestServers
import Testing

@testable import HostCore

/// What `lonja up` fills in where nobody has.
@Suite struct LocalSecretsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    @Test func secretsAreMadeOnceAndForNobodyElse() throws {
        let first = try LocalSecrets.variables(folder.path, [:])
        #expect(
            first.keys.sorted() == [
                "LONJA_AUTH_CODES_PEPPER", "LONJA_AUTH_KEYS_SECRET", "LONJA_NOTIFICATION_OUTBOX_KEY",
                "LONJA_PROFILE_PEPPER",
            ]
        )
        #expect(Set(first.values).count == first.count)
        #expect(first["LONJA_AUTH_KEYS_SECRET"]?.utf8.count == 44)
        #expect(first["LONJA_PROFILE_PEPPER"]?.hasPrefix("local:") == true)
        #expect(mode("\(folder.path)/secrets") == 0o700)
        #expect(mode("\(folder.path)/secrets/auth.keys.secret") == 0o600)
        #expect(try LocalSecrets.variables(folder.path, [:]) == first)
    }

    @Test func whatIsSetStays() throws {
        let found = try LocalSecrets.variables(folder.path, ["LONJA_AUTH_KEYS_SECRET": "mine"])
        #expect(found["LONJA_AUTH_KEYS_SECRET"] == nil)
        #expect(found.count == 3)
        #expect(mode("\(folder.path)/secrets/auth.keys.secret") == nil)
    }

    @Test func aFileThatIsNotOursIsNotOverwritten() throws {
        _ = try LocalSecrets.variables(folder.path, [:])
        let path = "\(folder.path)/secrets/auth.keys.secret"
        #expect(truncate(path, 10) == 0)
        let error = #expect(throws: StartError.self) { try LocalSecrets.variables(folder.path, [:]) }
        #expect(error?.description.contains(path) == true)
    }

    @Test func mailsLandInTheOutboxUnlessAnotherDriverTakesThem() throws {
        let places = try LocalPlaces.make(folder.path, environment: [:])
        #expect(places.outbox == "\(folder.path)/outbox")
        #expect(places.environment["LONJA_NOTIFICATION_MAIL_DRIVER"] == "outbox")
        #expect(places.environment["LONJA_PROFILE_IMAGES"] == "\(folder.path)/images")
        #expect(mode("\(folder.path)/outbox") == 0o700)
        let smtp = try LocalPlaces.make(folder.path, environment: ["LONJA_NOTIFICATION_MAIL_DRIVER": "smtp"])
        #expect(smtp.outbox == nil)
        #expect(smtp.environment["LONJA_WEB_MAILS"] == nil && !smtp.showsMails)
        #expect(smtp.environment["LONJA_NOTIFICATION_MAIL_DRIVER"] == nil)
    }

    @Test func aBrowserSeesTheClientOfThisCheckoutAndItsMails() throws {
        let places = try LocalPlaces.make(folder.path, environment: [:])
        #expect(places.environment["LONJA_WEB_MAILS"] == "\(folder.path)/outbox" && places.showsMails)
        #expect(places.environment["LONJA_WEB_FOLDER"]?.hasSuffix("/.build/web") == true)
        #expect(places.environment["LONJA_WEB_WATCH"] == "true")
        let own = try LocalPlaces.make(
            folder.path,
            environment: ["LONJA_WEB_FOLDER": "/srv/web", "LONJA_WEB_WATCH": "false"]
        )
        #expect(own.environment["LONJA_WEB_FOLDER"] == nil && own.environment["LONJA_WEB_WATCH"] == nil)
    }
}
