import Config
import Fetch
import HTTP
import Observe
import Testing

@testable import AuthService

/// The parts of the client that need no issuer.
@Suite struct OIDCPartsTests {
    private func settings(_ environment: [String: String]) throws -> SettingsSnapshot {
        try Settings(declared: OIDCClient.settings, environment: environment).snapshot
    }

    @Test func configuration() throws {
        let none = try OIDCConfiguration.read(settings([:]), publicURL: "https://lonja.example")
        #expect(none == nil)
        let google = try #require(
            try OIDCConfiguration.read(
                settings(["LONJA_AUTH_GOOGLE_CLIENT_ID": "abc", "LONJA_AUTH_GOOGLE_CLIENT_SECRET": "hush"]),
                publicURL: "https://lonja.example"
            )
        )
        #expect(google.issuer == "https://accounts.google.com")
        #expect(google.clientID == "abc")
        #expect(google.clientSecret?.reveal() == "hush")
        #expect(google.redirectURI == "https://lonja.example/api/v1/auth/google/callback")
        #expect(!google.isLoopback)
    }

    @Test(arguments: [
        "http://issuer.example", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://10.0.0.1",
        "ftp://issuer.example", "issuer.example", "https://user@issuer.example", "https://issuer.example?x=1",
        "https://issuer.example#x", "http://0.0.0.0:80",
    ])
    func issuersThatAreRefused(issuer: String) throws {
        let snapshot = try settings(["LONJA_AUTH_GOOGLE_CLIENT_ID": "abc", "LONJA_AUTH_GOOGLE_ISSUER": issuer])
        let error = #expect(throws: ConfigurationError.self) {
            try OIDCConfiguration.read(snapshot, publicURL: "http://localhost:8080")
        }
        #expect(error?.description.contains("auth.google.issuer") == true)
    }

    @Test(arguments: [
        "http://localhost:9400", "http://127.0.0.1:9400", "http://[::1]:9400", "https://issuer.example/realm",
    ])
    func issuersThatAreTaken(issuer: String) throws {
        let snapshot = try settings(["LONJA_AUTH_GOOGLE_CLIENT_ID": "abc", "LONJA_AUTH_GOOGLE_ISSUER": issuer])
        #expect(try OIDCConfiguration.read(snapshot, publicURL: "http://localhost:8080")?.issuer == issuer)
    }

    /// Wherever metadata points: not into the network that auth runs in.
    @Test func addresses() {
        let outside = OIDCConfiguration(issuer: "https://issuer.example", clientID: "a", redirectURI: "r").addresses
        #expect(outside.allows([93, 184, 215, 14]))
        for address: [UInt8] in [[127, 0, 0, 1], [10, 0, 0, 1], [169, 254, 169, 254], [192, 168, 1, 1]] {
            #expect(!outside.allows(address))
        }
        let here = OIDCConfiguration(issuer: "http://127.0.0.1:1", clientID: "a", redirectURI: "r").addresses
        #expect(here.allows([127, 0, 0, 1]) && !here.allows([10, 0, 0, 1]))
    }

    // MARK: Metadata

    @Test func `only a stand-in on this machine may leave its key unnamed`() throws {
        for (issuer, may) in [
            ("https://accounts.google.com", false), ("https://127.0.0.1:9400", false), ("http://127.0.0.1:9400", true),
        ] {
            let settings = try Settings(
                declared: OIDCConfiguration.settings,
                environment: ["LONJA_AUTH_GOOGLE_ISSUER": issuer, "LONJA_AUTH_GOOGLE_CLIENT_ID": "lonja"]
            )
            let read = try OIDCConfiguration.read(settings.snapshot, publicURL: "http://localhost:8080")
            #expect(read?.mayLeaveKeyUnnamed == may, "\(issuer)")
        }
    }

    private let google = OIDCConfiguration(
        issuer: "https://accounts.google.com",
        clientID: "a",
        clientSecret: Secret("s"),
        redirectURI: "r"
    )

    private func metadata(_ changes: [String: String] = [:]) -> [UInt8] {
        var members = [
            "issuer": #""https://accounts.google.com""#,
            "authorization_endpoint": #""https://accounts.google.com/o/oauth2/v2/auth""#,
            "token_endpoint": #""https://oauth2.googleapis.com/token""#,
            "jwks_uri": #""https://www.googleapis.com/oauth2/v3/certs""#,
            "response_types_supported": #"["code","token"]"#,
            "id_token_signing_alg_values_supported": #"["RS256"]"#,
            "code_challenge_methods_supported": #"["plain","S256"]"#,
            "token_endpoint_auth_methods_supported": #"["client_secret_post","client_secret_basic"]"#,
            "authorization_response_iss_parameter_supported": "true",
        ]
        for (name, value) in changes { members[name] = value.isEmpty ? nil : value }
        return Array(("{" + members.map { #""\#($0)":\#($1)"# }.joined(separator: ",") + "}").utf8)
    }

    @Test func metadataOfGoogle() throws {
        let found = try OIDCMetadata(metadata(), google)
        #expect(found.authorizationEndpoint == "https://accounts.google.com/o/oauth2/v2/auth")
        #expect(found.tokenEndpoint.host == "oauth2.googleapis.com")
        #expect(found.authentication == .basic)
        #expect(found.namesIssuer)
        let post = try OIDCMetadata(
            metadata(["token_endpoint_auth_methods_supported": #"["client_secret_post"]"#]),
            google
        )
        #expect(post.authentication == .post)
        let silent = try OIDCMetadata(
            metadata([
                "token_endpoint_auth_methods_supported": "", "code_challenge_methods_supported": "",
                "authorization_response_iss_parameter_supported": "",
            ]),
            google
        )
        #expect(silent.authentication == .basic && !silent.namesIssuer)
    }

    @Test(arguments: [
        ("issuer", #""https://accounts.google.com/""#), ("issuer", #""https://evil.example""#), ("issuer", ""),
        ("issuer", "[]"), ("authorization_endpoint", ""),
        ("authorization_endpoint", #""http://accounts.google.com/a""#),
        ("authorization_endpoint", #""javascript:alert(1)""#), ("token_endpoint", #""http://127.0.0.1/token""#),
        ("token_endpoint", #""https://u:p@evil.example/""#), ("jwks_uri", #""file:///etc/passwd""#), ("jwks_uri", ""),
        ("response_types_supported", #"["token"]"#), ("code_challenge_methods_supported", #"["plain"]"#),
        ("id_token_signing_alg_values_supported", #"["ES256"]"#),
        ("token_endpoint_auth_methods_supported", #"["private_key_jwt"]"#),
    ])
    func metadataThatIsRefused(name: String, value: String) {
        #expect(throws: OIDCFault.self) { try OIDCMetadata(metadata([name: value]), google) }
    }

    @Test func metadataWithAMemberTwice() {
        let text = metadata().dropLast() + Array(#","issuer":"https://accounts.google.com"}"#.utf8)
        #expect(throws: OIDCFault.self) { try OIDCMetadata(Array(text), google) }
    }

    // MARK: The rest

    @Test(arguments: [
        ([], 300), (["max-age=10"], 300), (["public, max-age=3600, must-revalidate"], 3600),
        (["max-age=999999"], 86_400),
        (["MAX-AGE=\"7200\""], 7200), (["no-store"], 300), (["max-age=7200, no-cache"], 300), (["max-age=x"], 300),
        (["max-age"], 300), (["max-age=-5"], 300), (["max-age=7200", "max-age=3600"], 3600),
        (["max-age=99999999999999999999"], 300),
    ])
    func freshness(fields: [String], seconds: Int) {
        #expect(Freshness.lifetime(HTTPFields(fields.map { ("cache-control", $0) })) == .seconds(seconds))
    }

    @Test func freshnessOfWhatIsOld() {
        let fields: HTTPFields = ["cache-control": "max-age=7200", "age": "3600"]
        #expect(Freshness.lifetime(fields) == .seconds(3600))
        #expect(Freshness.lifetime(["cache-control": "max-age=7200", "age": "99999"]) == .seconds(300))
    }

    @Test func formText() {
        #expect(FormText.encode([("a b", "c&d=é"), ("x", "-._~")]) == "a%20b=c%26d%3D%C3%A9&x=-._~")
    }

    @Test func keySets() throws {
        // RFC 7515 appendix A.2.
        let modulus = KnownKeys.modulus
        let good = #"{"kty":"RSA","kid":"a","use":"sig","alg":"RS256","n":"\#(modulus)","e":"AQAB"}"#
        let other = good.replacing(#""a""#, with: #""b""#)
        func set(_ items: String...) throws(OIDCFault) -> OIDCKeySet {
            try OIDCKeySet(Array(#"{"keys":[\#(items.joined(separator: ","))]}"#.utf8))
        }
        let one = try set(good)
        #expect(one["a"] != nil && one["b"] == nil && one[nil] != nil)
        let two = try set(good, other)
        #expect(two["a"] != nil && two["b"] != nil && two[nil] == nil)
        let mixed = try set(good, #"{"kty":"EC","kid":"c"}"#)
        #expect(mixed["a"] != nil && mixed["c"] == nil && mixed[nil] == nil)
        let nameless = try set(good.replacing(#""kid":"a","#, with: ""))
        #expect(nameless["a"] == nil && nameless[nil] != nil)
        for (old, new) in [
            ("RSA", "EC"), (#""sig""#, #""enc""#), ("RS256", "RS512"), ("AQAB", "AQAA"), ("AQAB", "AQ=="),
            ("AQAB", "AQ"),
            (modulus, String(modulus.dropLast(4))), ("RSA", "oct"),
        ] {
            let bad = try set(good.replacing(old, with: new))
            #expect(bad["a"] == nil && bad[nil] == nil, "\(old) → \(new)")
        }
        #expect(throws: OIDCFault.self) { try set(good, good) }
        #expect(throws: OIDCFault.self) { try OIDCKeySet(Array("[]".utf8)) }
        #expect(throws: OIDCFault.self) { try OIDCKeySet([UInt8](repeating: 0x20, count: 300 << 10)) }
    }

    @Test func flows() throws {
        let flow = OIDCFlow(next: "/a\nb")
        #expect(flow.state.utf8.count == 43 && flow.nonce.utf8.count == 43 && flow.verifier.utf8.count == 64)
        let token = OIDCFlow.token()
        #expect(OIDCFlow.isToken(token) && !OIDCFlow.isToken(token + "A") && !OIDCFlow.isToken(""))
        let sealed = try flow.sealed(token)
        #expect(OIDCFlow(opening: sealed, token) == flow)
        #expect(OIDCFlow(opening: sealed, OIDCFlow.token()) == nil)
        #expect(!OIDCFlow.key(token).contains(token))
        let held = String(decoding: sealed, as: UTF8.self)
        for text in [flow.state, flow.nonce, flow.verifier] { #expect(!held.contains(text)) }
    }

    /// RFC 7636 appendix B.
    @Test func challenge() {
        var flow = OIDCFlow(next: "")
        flow.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        #expect(flow.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }
}
