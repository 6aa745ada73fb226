import Plugin
import Reactor

extension MailerCompatibility {
    /// Every outcome is the one that is true.
    static let outcomes: [MailerCheck] = [
        MailerCheck("a recipient that does not exist is told from one that is busy", needs: [.refusesRecipients]) {
            end in
            let mailer = try end.mailer(isKnown: true)
            let never = await mailer.send(try TestMail.to("never"), nil)
            guard case .permanentRecipient(let reason) = never else { throw MailerViolation(description: "\(never)") }
            try MailerViolation.unless(!reason.contains("@") && !reason.isEmpty, "the reason is \"\(reason)\"")
            if end.abilities.contains(.defersRecipients) {
                let later = await mailer.send(try TestMail.to("later"), nil)
                guard case .retry(_, let reason) = later else { throw MailerViolation(description: "\(later)") }
                try MailerViolation.unless(!reason.contains("@"), "the reason is \"\(reason)\"")
            }
            // A refusal is about that mail alone.
            let next = await mailer.send(try TestMail.to("ana"), nil)
            guard case .accepted = next else { throw MailerViolation(description: "after a refusal: \(next)") }
            let all = try await end.received(atLeast: 1)
            try MailerViolation.unless(all.map(\.recipients) == [["ana@example.com"]], "\(all.map(\.recipients))")
            await mailer.close()
        },
        MailerCheck("a refused content is told from a refused recipient", needs: [.refusesContent]) { end in
            let mailer = try end.mailer(isKnown: true)
            let outcome = await mailer.send(try TestMail.to("reject"), nil)
            guard case .permanentMessage = outcome else { throw MailerViolation(description: "\(outcome)") }
            await mailer.close()
        },
        MailerCheck("wrong credentials fail the probe and blame no mail", needs: [.checksCredentials]) { end in
            let mailer = try end.mailer(isKnown: false)
            do {
                try await mailer.probe()
                throw MailerViolation(description: "the probe succeeds with wrong credentials")
            } catch let error as MailerViolation {
                throw error
            } catch {
                try MailerViolation.unless(!"\(error)".contains("wrong-secret"), "the error shows the secret: \(error)")
            }
            let outcome = await mailer.send(try TestMail.to("ana"), nil)
            guard case .driverFault(_, let reason) = outcome else { throw MailerViolation(description: "\(outcome)") }
            try MailerViolation.unless(!reason.contains("wrong-secret"), "the reason shows the secret: \(reason)")
            try MailerViolation.unless(try await end.received(atLeast: 0).isEmpty, "a mail arrived")
            await mailer.close()
        },
        MailerCheck("no answer is an unknown outcome, and the next attempt has the same id", needs: [.staysSilent]) {
            end in
            let mailer = try end.mailer(isKnown: true)
            // The connection is there, so that the deadline is long enough for the mail to go.
            _ = await mailer.send(try TestMail.to("ana"), nil)
            let id = TestMail.id()
            for attempt in 1...2 {
                let mail = try TestMail.to("silent", id: id, attempt: attempt)
                let outcome = await mailer.send(mail, MonotonicTime.now().advanced(by: .seconds(2)))
                guard case .unknownOutcome = outcome else { throw MailerViolation(description: "\(outcome)") }
            }
            let all = try await end.received(atLeast: 3).filter { $0.outboxID == id }
            try MailerViolation.unless(all.count == 2, "\(all.count) of 2 copies arrived")
            try MailerViolation.unless(Set(all.map(\.messageID)).count == 1, "\(all.map(\.messageID))")
            await mailer.close()
        },
        MailerCheck("a connection lost after the mail is an unknown outcome", needs: [.losesConnections]) { end in
            let mailer = try end.mailer(isKnown: true)
            let outcome = await mailer.send(try TestMail.to("lost"), nil)
            guard case .unknownOutcome = outcome else { throw MailerViolation(description: "\(outcome)") }
            try MailerViolation.unless(try await end.received(atLeast: 1).count == 1, "sent again by the driver itself")
            await mailer.close()
        },
        MailerCheck("one mail sent twice keeps its ids") { end in
            let mailer = try end.mailer(isKnown: true)
            let id = TestMail.id()
            for attempt in 1...2 {
                let outcome = await mailer.send(try TestMail.to("ana", id: id, attempt: attempt), nil)
                guard case .accepted = outcome else { throw MailerViolation(description: "\(outcome)") }
            }
            let all = try await end.received(atLeast: 1)
            try MailerViolation.unless((1...2).contains(all.count), "\(all.count) arrived")
            try MailerViolation.unless(
                Set(all.map(\.messageID)) == ["<\(id)@lonja.example>"],
                "\(all.map(\.messageID))"
            )
            try MailerViolation.unless(Set(all.map(\.outboxID)) == [id], "\(all.map(\.outboxID))")
            await mailer.close()
        },
        MailerCheck("a deadline that has passed sends nothing") { end in
            let mailer = try end.mailer(isKnown: true)
            let outcome = await mailer.send(try TestMail.to("ana"), MonotonicTime.now())
            guard case .retry = outcome else { throw MailerViolation(description: "\(outcome)") }
            try MailerViolation.unless(try await end.received(atLeast: 0).isEmpty, "a mail arrived")
            await mailer.close()
        },
    ]
}
