import Digest
import RPC
import Testing

@testable import AuthService

@Suite struct CompactJWSTests {
    private func token(_ header: String, _ payload: String = #"{"sub":"x"}"#, _ signature: String = "AAAA") -> String {
        Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8)) + "." + signature
    }

    private func refusal(_ token: String) -> TokenError? {
        do throws(TokenError) {
            _ = try CompactJWS(token, maximumBytes: 1024)
            return nil
        } catch {
            return error
        }
    }

    @Test func takenApart() throws {
        let text = token(#"{"alg":"X","kid":"1"}"#)
        let parts = try CompactJWS(text, maximumBytes: 1024)
        #expect(parts.header == ["alg": .string("X"), "kid": .string("1")])
        #expect(parts.claims == ["sub": .string("x")])
        #expect(parts.signature == [0, 0, 0])
        #expect(String(decoding: parts.signedBytes, as: UTF8.self) == text.dropLast(5))
    }

    @Test func malformed() {
        let good = token("{}")
        let two = good.split(separator: ".").dropLast().joined(separator: ".")
        let bad = [
            "", ".", "..", two, good + ".", good + ".AAAA", "." + good, good + "=", good + " ", " " + good, good + "\n",
            token("[]"), token("{}", "[]"), token("{}", "\"x\""), token("nope"), token("{}", "{}{}"),
            token("{}", "{}", "A"),
            token("{}", "{}", "AB"), token("{}", "{}", "+/AA"), token(#"{"alg":"a","alg":"b"}"#),
            token("{}", #"{"iss":"a","iss":"a"}"#), token("{}", "{}", String(repeating: "A", count: 1024)),
        ]
        for text in bad { #expect(refusal(text) == .malformed, "\(text.prefix(80))") }
    }

    @Test(arguments: ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"])
    func headersThatChooseAKey(name: String) {
        #expect(refusal(token(#"{"alg":"ES256","\#(name)":null}"#)) == .forbiddenHeader)
        #expect(refusal(token(#"{"alg":"ES256","\#(name)":["x"]}"#)) == .forbiddenHeader)
    }
}
