import Foundation
import HTTP
import Testing

@testable import RPC

@Suite struct RESTCompressionTests {
    private static let text = String(repeating: "a share of a company; ", count: 20_000)

    private func send(
        _ accept: HTTPFields,
        _ answer: RESTResponse,
        tagged: Bool = false
    ) async throws -> HTTPResponse {
        var route = RESTRoute(.get, "/a", for: .anybody) { _, _ in answer }.making("text/plain", "image/jpeg")
        if tagged { route = route.cached("no-cache", tagged: true) }
        let head = HTTPRequestHead(method: .get, authority: "x", target: "/a", fields: accept, version: .http1_1)
        return try await RESTHandler([route]).handle(HTTPRequest(head: head))
    }

    private func bytes(_ response: HTTPResponse) -> [UInt8] {
        if case .bytes(let bytes) = response.body { bytes } else { [] }
    }

    /// By a program that is not ours.
    private func unzipped(_ bytes: [UInt8]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        process.arguments = ["-dc"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: bytes)
        try input.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }

    @Test func gzipIsWhatItWas() async throws {
        let answer = try await send(["accept-encoding": "br, gzip"], .text(Self.text))
        #expect(answer.fields["content-encoding"] == "gzip")
        #expect(answer.fields["vary"] == "accept-encoding")
        #expect(bytes(answer).count < Self.text.utf8.count / 50)
        #expect(try unzipped(bytes(answer)) == Self.text)
    }

    @Test(
        arguments: [
            ("", false), ("gzip", true), ("*", true), ("gzip;q=0", false), ("br", false),
            ("identity;q=0, gzip;q=0.1", true),
            ("identity", false), ("gzip;q=0.5, identity", false), ("identity;q=0.5, gzip;q=1.0", true),
            ("x-gzip", true), ("GZIP", true), ("gzip;q=x", false), ("*, gzip;q=0", false), ("deflate, *;q=0.1", true),
        ] as [(String, Bool)]
    )
    func onlyWhoTakesItGetsIt(accept: String, isCoded: Bool) async throws {
        let answer = try await send(["accept-encoding": accept], .text(Self.text))
        #expect((answer.fields["content-encoding"] == "gzip") == isCoded, "\(accept)")
        // Whoever keeps it must know either way.
        #expect(answer.fields["vary"] == "accept-encoding")
        if !isCoded { #expect(bytes(answer).count == Self.text.utf8.count) }
    }

    @Test(arguments: ["*;q=0", "identity;q=0", "identity;q=0, br", "identity;q=0, gzip;q=0", "gzip;q=0, *;q=0"])
    func whoTakesNothingGetsNothing(accept: String) async throws {
        let answer = try await send(["accept-encoding": accept], .text(Self.text))
        #expect(answer.status == 406, "\(accept)")
    }

    @Test func whatNeverChangesIsCodedOnce() async throws {
        let content = RESTFixedContent(Array(Self.text.utf8))
        let answer = RESTResponse.fixed(content, fields: ["content-type": "text/plain"])
        #expect(content.gzip == nil)
        let first = try await send(["accept-encoding": "gzip"], answer, tagged: true)
        #expect(try unzipped(bytes(first)) == Self.text)
        // What is kept is what is sent.
        content.gzip = [1, 2, 3]
        let second = try await send(["accept-encoding": "gzip"], answer, tagged: true)
        #expect(bytes(second) == [1, 2, 3])
        #expect(second.fields["etag"] == first.fields["etag"])
        let plain = try await send([:], answer, tagged: true)
        #expect(bytes(plain).count == Self.text.utf8.count)
        #expect(plain.fields["etag"] == EntityTag(of: content.bytes).description)
    }

    @Test func whatIsNotWorthWhileStaysAsItIs() async throws {
        let picture = RESTResponse(
            status: 200,
            fields: ["content-type": "image/jpeg"],
            body: .bytes([UInt8](repeating: 7, count: 5000))
        )
        let small = RESTResponse.text(String(repeating: "a", count: 1023))
        let cookie = RESTResponse.text(Self.text).setting([try #require(SetCookie("a", "b", maxAge: nil))])
        for answer in [small, picture, cookie, RESTResponse.text(Self.text).withSecret()] {
            let sent = try await send(["accept-encoding": "gzip"], answer)
            #expect(!sent.fields.contains("content-encoding"))
            #expect(!sent.fields.contains("vary"))
        }
        let enough = try await send(["accept-encoding": "gzip"], .text(String(repeating: "a", count: 1024)))
        #expect(enough.fields["content-encoding"] == "gzip")
    }

    @Test func aCodedAnswerIsRecognisedAgain() async throws {
        let coded = try await send(["accept-encoding": "gzip"], .text(Self.text), tagged: true)
        let plain = try await send([:], .text(Self.text), tagged: true)
        let (weak, strong) = (try #require(coded.fields["etag"]), try #require(plain.fields["etag"]))
        #expect(weak == "W/" + strong)
        for tag in [weak, strong] {
            let asked: HTTPFields = ["accept-encoding": "gzip", "if-none-match": tag]
            let again = try await send(asked, .text(Self.text), tagged: true)
            #expect(again.status == 304)
            #expect(!again.fields.contains("content-encoding"))
            // As the 200 would say.
            #expect(again.fields["vary"] == "accept-encoding")
        }
        let short = try await send([:], .text("a"), tagged: true)
        let again = try await send(["if-none-match": try #require(short.fields["etag"])], .text("a"), tagged: true)
        #expect(again.status == 304)
        #expect(!again.fields.contains("vary"))
    }
}
