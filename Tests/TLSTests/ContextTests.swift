import Observe
import TestServers
import Testing

@testable import TLS

@Suite("TLS: contexts from files")
struct ContextTests {
    private static func content(_ name: String) throws -> TLSFiles.Content {
        try TestCertificates.shared().paths(name).read()
    }

    private static func problem(_ change: (inout TLSConfiguration) throws -> Void) throws -> String? {
        var configuration = try TestCertificates.shared().configuration(.mutualServer, "profile")
        try change(&configuration)
        do throws(TLSError) {
            _ = try TLSContext(configuration)
            return nil
        } catch {
            #expect(error.reason == .configuration)
            return error.description
        }
    }

    @Test("Good files make a context that knows its end and its names")
    func good() throws {
        let context = try TLSContext(TestCertificates.shared().configuration(.mutualServer, "profile"))
        #expect(context.names?.services == ["profile"])
        let days = try #require(context.expiry).secondsSinceEpoch - WallTime.now().secondsSinceEpoch
        #expect((172_700...172_810).contains(days))
    }

    @Test("What is wrong with a file is said")
    func bad() throws {
        #expect(try Self.problem { _ in } == nil)
        #expect(
            try Self.problem { $0.key = try Self.content("wallet").key } == "the key is not the certificate's"
        )
        #expect(
            try Self.problem { $0.key = Array("nothing".utf8) }
                == "the key is no PEM text with a private key, or is encrypted"
        )
        #expect(
            try Self.problem { $0.certificate = $0.key }
                == "the certificate is no PEM text with certificates"
        )
        #expect(
            try Self.problem { $0.certificate = [] } == "the certificate is no PEM text with certificates"
        )
        #expect(
            try Self.problem { $0.certificate?.removeLast(100) }
                == "the certificate is no PEM text with certificates"
        )
        #expect(
            try Self.problem { $0.authorities = Array("x".utf8) }
                == "the file of authorities is no PEM text with certificates"
        )
        #expect(try Self.problem { $0.certificate = nil } == "a server needs a certificate")
    }

    @Test("A second authority is trusted beside the first, so that they can be changed")
    func twoAuthorities() throws {
        let certificates = try TestCertificates.shared()
        let stranger = try TLSFiles(authorities: certificates.authority.file("stranger.pem")).read().authorities ?? []
        var client = try certificates.configuration(.client, "wallet")
        client.authorities = (client.authorities ?? []) + stranger
        let pair = try SessionPair(client, certificates.configuration(.mutualServer, "foreign"))
        try pair.shakeHands()
        #expect(pair.client.session.state == .open)
    }
}
