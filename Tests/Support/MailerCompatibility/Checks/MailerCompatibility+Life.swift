import Plugin
import Reactor

extension MailerCompatibility {
    /// Many at once, and the end of a driver.
    static let life: [MailerCheck] = [
        MailerCheck("two hundred at once arrive once each") { end in
            let mailer = try end.mailer(isKnown: true)
            let mails = try (0..<200).map { try TestMail.to("ana-\($0)") }
            let outcomes = await send(mails, through: mailer)
            for (mail, outcome) in outcomes {
                guard case .accepted = outcome else {
                    throw MailerViolation(description: "\(mail.to.address): \(outcome)")
                }
            }
            let all = try await end.received(atLeast: mails.count)
            try MailerViolation.unless(all.count == mails.count, "\(all.count) of \(mails.count) arrived")
            for mail in mails { try same(try find(mail, all), mail, end) }
            await mailer.close()
        },
        MailerCheck("closing while mails are under way loses none and invents none") { end in
            let mailer = try end.mailer(isKnown: true)
            try await mailer.probe()
            let mails = try (0..<200).map { try TestMail.to("ana-\($0)") }
            let outcomes = await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    // As soon as some are through.
                    while (try? await end.received(atLeast: 0).count) ?? 0 < 5 { await Task.yield() }
                    await mailer.close()
                }
                return await send(mails, through: mailer)
            }
            let accepted = Set(outcomes.filter { $0.1.label == "accepted" }.map(\.0.id))
            var received = try await end.received(atLeast: accepted.count)
            // Some of those are ones whose outcome is unknown.
            let missing = accepted.subtracting(received.map(\.outboxID)).count
            if missing > 0 { received = try await end.received(atLeast: received.count + missing) }
            let arrived = Set(received.map(\.outboxID))
            try MailerViolation.unless(arrived.count == received.count, "one arrived twice")
            for (mail, outcome) in outcomes {
                switch outcome {
                case .accepted where !arrived.contains(mail.id):
                    throw MailerViolation(description: "accepted, and did not arrive")
                case .retry where arrived.contains(mail.id):
                    throw MailerViolation(description: "told to try again, and arrived: \(outcome)")
                case .accepted, .retry, .unknownOutcome: continue
                case .driverFault, .permanentMessage, .permanentRecipient:
                    throw MailerViolation(description: "closing is no fault: \(outcome)")
                }
            }
        },
        MailerCheck("after its end a driver sends nothing") { end in
            let mailer = try end.mailer(isKnown: true)
            await mailer.close()
            let outcome = await mailer.send(try TestMail.to("ana"), nil)
            switch outcome {
            case .retry:
                try MailerViolation.unless(try await end.received(atLeast: 0).isEmpty, "a mail arrived")
            default: throw MailerViolation(description: "\(outcome)")
            }
        },
    ]

    private static func send(
        _ mails: [MailMessage],
        through mailer: any Mailer
    ) async -> [(MailMessage, MailOutcome)] {
        await withTaskGroup(of: (MailMessage, MailOutcome).self) { group in
            for mail in mails { group.addTask { (mail, await mailer.send(mail, nil)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
