import Fetch
import HTTP
import Observe
import RPC
import Reactor
import TestServers
import Testing

@testable import AuthService

/// An issuer that runs beside the test, the client that logs in at it, and the part of the browser.
final class Issuer: Sendable {
    /// As Servers/issuer.py has them.
    static let clientID = "lonja test"
    static let clientSecret = Secret("s3cret:/+ %")
    static let publicURL = "http://localhost:8080"

    let url: String
    let client: OIDCClient
    let store: Store
    private let process: ServerProcess
    private let browser: FetchClient

    private init(
        _ process: ServerProcess,
        _ port: UInt16,
        _ store: Store,
        _ mayLeaveKeyUnnamed: Bool,
        _ clock: @escaping @Sendable () -> WallTime
    ) {
        self.process = process
        self.store = store
        url = "http://127.0.0.1:\(port)"
        browser = FetchClient(group: store.group)
        client = OIDCClient(
            OIDCConfiguration(
                issuer: url,
                clientID: Self.clientID,
                clientSecret: Self.clientSecret,
                redirectURI: Self.publicURL + "/api/v1/auth/google/callback",
                mayLeaveKeyUnnamed: mayLeaveKeyUnnamed
            ),
            store: store.client,
            group: store.group,
            now: clock
        )
    }

    /// Runs a test with an issuer of a script in Servers and an empty store.
    static func run(
        _ script: String = "issuer.py",
        mayLeaveKeyUnnamed: Bool = false,
        clock: @escaping @Sendable () -> WallTime = WallTime.now,
        _ body: @escaping @Sendable (Issuer) async throws -> Void
    ) async throws {
        let process = try ServerProcess.python("AuthKeysTests/Servers/\(script)")
        let port = try process.port()
        try await Store.run { store in
            let issuer = Issuer(process, port, store, mayLeaveKeyUnnamed, clock)
            defer {
                issuer.client.close()
                issuer.browser.close()
            }
            try await body(issuer)
        }
    }

    // MARK: The issuer

    /// Changes what issuer.py does.
    func control(_ members: String) async throws {
        let answer = try await post("/control", members)
        #expect(answer.status == 200)
    }

    /// Makes it do as at first.
    func reset() async throws { _ = try await post("/reset", "{}") }

    /// How often it was asked for `metadata`, `keys`, `token`.
    func count(_ name: String) async throws -> Int {
        Int(try await counts()[name]?.seconds ?? -1)
    }

    /// The codes that came to its token endpoint.
    func codes() async throws -> [String] { try await counts()["codes"]?.strings ?? [] }

    private func counts() async throws -> [String: JSONValue] {
        let answer = try await browser.fetch(FetchRequest(.get, FetchURL(url + "/counts")))
        return JSONValue(parsing: answer.body, maximumBytes: 1 << 20)?.object ?? [:]
    }

    /// Stops it in its tracks, or lets it go on.
    func freeze(_ isFrozen: Bool) { process.freeze(isFrozen) }

    // MARK: The browser

    /// Follows a location as far as a redirect, without following that; sends a form if there is one.
    func visit(_ location: String, form: String? = nil) async throws -> FetchResponse {
        guard let form else { return try await browser.fetch(FetchRequest(.get, FetchURL(location))) }
        return try await browser.fetch(
            FetchRequest(
                .post,
                FetchURL(location),
                fields: ["content-type": "application/x-www-form-urlencoded"],
                body: .bytes(Array(form.utf8))
            )
        )
    }

    /// What the issuer's redirect says.
    func callback(_ answer: FetchResponse, _ flowToken: String) throws -> OIDCCallback {
        let location = try #require(answer.fields["location"], "the issuer answers \(answer.status): \(answer.text)")
        let query = Self.query(location)
        return OIDCCallback(
            code: query["code"] ?? "",
            state: query["state"] ?? "",
            issuer: query["iss"] ?? "",
            error: query["error"] ?? "",
            flowToken: flowToken
        )
    }

    /// Begins a login, visits issuer.py, which says yes at once, and gives what it sends back.
    func callback(next: String = "/wallet") async throws -> OIDCCallback {
        let (location, flowToken) = try await client.begin(next: next, context: .root())
        return try callback(try await visit(location), flowToken)
    }

    /// A whole login.
    func login(next: String = "/wallet") async throws -> OIDCLogin {
        try await client.finish(try await callback(next: next), context: .root())
    }

    /// The fields of a URL's query.
    static func query(_ url: String) -> [String: String] {
        let text = url.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { decoded($0) }
            fields[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        return fields
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func post(_ path: String, _ body: String) async throws -> FetchResponse {
        try await browser.fetch(FetchRequest(.post, FetchURL(url + path), body: .bytes(Array(body.utf8))))
    }
}
