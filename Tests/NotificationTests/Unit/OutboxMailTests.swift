import Contracts
import RPC
import Testing

@testable import NotificationService

@Suite struct OutboxMailTests {
    private func refusal(_ request: NotificationSendMailRequest) -> RPCError? {
        do {
            _ = try OutboxMail(request)
            return nil
        } catch {
            return error as? RPCError
        }
    }

    /// Attack 25.
    @Test(
        arguments: [
            "", "ana", "@example.com", "ana@", "ana@exa mple.com", "ana@example.com\r\nBcc: eve@evil.example",
            "ana@example.com\n", "\nana@example.com", "ana@example.com\0", "ana\u{2028}@example.com",
            "ana\r@example.com",
            "ana@example.com,eve@evil.example", "ana@example.com;eve@evil.example", "<ana@example.com>",
            "Ana <ana@example.com>", "\"ana\"@example.com", "ana@evil.example@example.com",
            "=?utf-8?q?ana?=@example.com ",
            "ana@[127.0.0.1]", "ana..b@example.com", ".ana@example.com", "ana.@example.com", "ana@-example.com",
            "ana@example..com", "ana(comment)@example.com", "@a,@b:ana@example.com", "ana\t@example.com",
            "ana b@example.com",
            String(repeating: "a", count: 65) + "@example.com", "ana@" + String(repeating: "a", count: 64) + ".com",
            "ana@" + String(repeating: "abcdefgh.", count: 30) + "com", "ana\u{202E}@example.com",
            String(repeating: "a", count: 2_000_000) + "@example.com",
        ]
    )
    func whatIsNoAddressIsRefused(_ address: String) {
        let refusal = refusal(OutboxFixture.request(to: address))
        #expect(refusal?.code == .invalidArgument)
        #expect(refusal?.message.hasPrefix("recipient.email:") == true)
        #expect(refusal?.message.contains("evil") != true, "what was sent is not repeated")
    }

    @Test(arguments: [
        "ana@example.com", "Ana.B+c@Exámple.com", "o'neil@sub.example.co", "a@localhost", "x_y-z@e-x.com",
    ])
    func addressesAreTaken(_ address: String) {
        #expect(refusal(OutboxFixture.request(to: address)) == nil)
    }

    @Test func fieldsAreChecked() {
        var request = OutboxFixture.request("no uuid")
        #expect(refusal(request)?.message.hasPrefix("id:") == true)
        request = OutboxFixture.request()
        request.mail.kind = nil
        #expect(refusal(request)?.message.hasPrefix("mail:") == true)
        var proof = OutboxFixture.proof()
        proof.clearExpiresAt()
        #expect(
            refusal(OutboxFixture.request(OutboxFixture.verify(proof)))?.message.hasPrefix("mail.proof.expiresAt:")
                == true
        )
        for token in ["", "a b", "x&next=//evil", "\r\n", "a\"b", String(repeating: "a", count: 513)] {
            let mail = OutboxFixture.verify(OutboxFixture.proof(token: token))
            #expect(refusal(OutboxFixture.request(mail))?.message.hasPrefix("mail.proof.token:") == true)
        }
        for code in ["", "12 34", "<b>", String(repeating: "A", count: 33)] {
            let mail = OutboxFixture.verify(OutboxFixture.proof(code: code))
            #expect(refusal(OutboxFixture.request(mail))?.message.hasPrefix("mail.proof.code:") == true)
        }
        let long = OutboxFixture.request(name: String(repeating: "n", count: 100_000))
        #expect(refusal(long)?.code == .invalidArgument)
    }

    @Test func aMailToLinkNeedsNoTokenAndOneOfTheChangeNoCode() {
        var link = NotificationLinkAccount()
        link.proof = OutboxFixture.proof(token: "")
        #expect(refusal(OutboxFixture.request(.linkAccount(link))) == nil)
        var changed = NotificationEmailChanged()
        changed.proof = OutboxFixture.proof(code: "")
        #expect(refusal(OutboxFixture.request(.emailChanged(changed))) == nil)
    }

    @Test func addressesAreMasked() {
        let cases = [
            ("ana.lopez@example.com", "a…z@example.com"), ("abc@e.com", "a…c@e.com"), ("ab@e.com", "…@e.com"),
            ("a@e.com", "…@e.com"),
        ]
        for (address, masked) in cases { #expect(MaskedAddress.of(address) == masked) }
    }

    @Test func cursorsAreReadBack() throws {
        for number in [Int64(1), 35, 36, 1_000_000, .max] {
            #expect(try DeliveryCursor(parsing: DeliveryCursor(before: number).text).before == number)
        }
        for text in ["", "1", "2z", "10", "1-5", "1Z", "1 5", "101", "1zzzzzzzzzzzzzzz", "1\0"] {
            #expect(throws: RPCError.self) { try DeliveryCursor(parsing: text) }
        }
    }
}
