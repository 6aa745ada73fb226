import Foundation
import MailerCompatibility
import Observe
import Plugin
import TestServers
import Testing

@testable import OutboxMail

@Suite(.serialized, .timeLimit(.minutes(2))) struct OutboxTests {
    private func with(_ body: (OutboxEnd) async throws -> Void) async throws {
        let end = try OutboxEnd()
        defer { end.stop() }
        try await body(end)
    }

    private func mail(_ second: Int64, id: String = TestMail.id()) throws -> MailMessage {
        try MailMessage(
            id: id,
            from: MailAddress("a@lonja.example"),
            to: MailAddress("b@c.example"),
            subject: "s",
            text: "x",
            category: "c",
            language: "es",
            date: TestMail.date.advanced(by: .seconds(second))
        )
    }

    @Test func `names in order are mails in order`() throws {
        #expect(OutboxFile.name(of: try mail(0, id: "0a-1")) == "20261124T090000.000Z-0a-1.eml")
        let names = try (0..<100).map { OutboxFile.name(of: try mail($0 * 7_919)) }
        #expect(names == names.sorted())
    }

    @Test func `only mails are surplus, the oldest first`() {
        let names = ["3-c.eml", "1-a.eml", ".draft-9-x", "notes.txt", "2-b.eml", ".4-d.eml"]
        #expect(Array(OutboxFile.surplus(names, keep: 2)) == ["1-a.eml"])
        #expect(OutboxFile.surplus(names, keep: 3).isEmpty)
    }

    @Test func `one mail is written once`() async throws {
        try await with { end in
            let mailer = try end.mailer([:])
            let mail = try mail(0)
            for _ in 0..<3 {
                let outcome = await mailer.send(mail, nil)
                #expect(outcome == .accepted(providerID: OutboxFile.name(of: mail)))
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: end.folder.file("state/outbox"))
            #expect(names == [OutboxFile.name(of: mail)])
        }
    }

    @Test func `the newest are kept`() async throws {
        try await with { end in
            let mailer = try end.mailer(["notification.mail.outbox.keep": "10"])
            for second in 0..<65 { #expect(await mailer.send(try mail(Int64(second)), nil).label == "accepted") }
            let names = try FileManager.default.contentsOfDirectory(atPath: end.folder.file("state/outbox")).sorted()
            #expect((10...26).contains(names.count), "\(names.count)")
            #expect(names.last?.hasPrefix("20261124T090104") == true)
        }
    }

    @Test func `the probe makes the folder, and says why it cannot`() async throws {
        try await with { end in
            let mailer = try end.mailer([:])
            try FileManager.default.removeItem(atPath: end.folder.file("state"))
            try await mailer.probe()
            #expect(await mailer.send(try mail(0), nil).label == "accepted")
            let occupied = end.folder.file("occupied")
            try Data().write(to: URL(fileURLWithPath: occupied))
            let settings = ["notification.mail.outbox.folder": occupied + "/outbox"]
            let context = try DriverContext.test(OutboxMailer.settings, settings, loops: end.loops)
            let blocked = try OutboxMailer(context: context)
            await #expect(throws: OutboxFolder.Failure.self) { try await blocked.probe() }
            let outcome = await blocked.send(try mail(0), nil)
            #expect(
                outcome.label == "driver-fault" && outcome.reason?.contains("Not a directory") == true,
                "\(outcome)"
            )
        }
    }

    @Test func `a link planted under a mail's name is not followed`() async throws {
        try await with { end in
            let mailer = try end.mailer([:])
            let mail = try mail(0)
            let victim = end.folder.file("victim")
            try FileManager.default.createSymbolicLink(
                atPath: end.folder.file("state/outbox/\(OutboxFile.name(of: mail))"),
                withDestinationPath: victim
            )
            _ = await mailer.send(mail, nil)
            #expect(!FileManager.default.fileExists(atPath: victim))
        }
    }
}
