import Plugin

extension MailerCompatibility {
    /// What arrives is what was meant, and nothing else.
    static let content: [MailerCheck] = [
        MailerCheck("a plain mail arrives once, with its ids") { end in
            let mailer = try end.mailer(isKnown: true)
            try await mailer.probe()
            let mail = try TestMail.to("ana", toName: "Ana")
            let outcome = await mailer.send(mail, nil)
            guard case .accepted = outcome else { throw MailerViolation(description: "\(outcome)") }
            let all = try await end.received(atLeast: 1)
            try MailerViolation.unless(all.count == 1, "\(all.count) mails arrived")
            try same(all[0], mail, end)
            await mailer.close()
        },
        MailerCheck("names, subjects and texts of every script arrive as they were") { end in
            try await roundTrip(
                end,
                [
                    ("José Ñandú", "Confirma tu dirección de correo electrónico, por favor, antes de que acabe el día"),
                    ("山田 太郎", "メールアドレスの確認をお願いいたします。このメールに心当たりがない場合は無視してください。"),
                    ("עברית", "Ω≈ç√∫˜µ≤≥÷ – “quotes” …"),
                    ("👩‍👩‍👧‍👦 Familia", "🎉 " + String(repeating: "é", count: 150)),
                    ("O'Brien \\ \"Bob\", (x) <y>; z:", "a = b?=c =?= ?= =?"),
                ].map { names in
                    try TestMail.to(
                        "ana",
                        toName: names.0,
                        fromName: names.0,
                        subject: names.1,
                        text: "¡Hola, \(names.0)!\n\n\(names.1)\n",
                        html: "<p>¡Hola, \(names.0)!</p><p>\(names.1)</p>\n"
                    )
                }
            )
        },
        MailerCheck("dots, blanks, long lines and odd line ends arrive as lines") { end in
            let long = String(repeating: "0123456789", count: 1_000)
            let texts = [
                ".\n", "..\n.\n...\n", "a\n.\nb\n", "a\r\n.\r\nb\r\n", "a\n.\r\nb\r.\rc\n.\n", long + "\n",
                String(repeating: "ñ", count: 10_000) + "\n", "From here\nFrom there\n>From\n",
                "blank \ntab\t\n \n\t\n\n\n", "= =20 =3D =\n", "a\u{2028}b\u{85}c\n", "nul\u{0}bell\u{7}\n", "no end",
                String(repeating: "line\n", count: 5_000),
            ]
            try await roundTrip(end, texts.map { try TestMail.to("ana", text: $0, html: "<pre>\($0)</pre>") })
        },
        MailerCheck("a mail without HTML has none") { end in
            try await roundTrip(end, [try TestMail.to("ana", html: "")])
        },
        MailerCheck("nothing in a name or a subject becomes a field, a recipient or a line") { end in
            let attacks = [
                "a\r\nBcc: eve@example.com", "a\nBcc: eve@example.com", "a\rBcc: eve@example.com",
                "a\u{0}b", "a\u{2028}Bcc: eve@example.com", "a\u{85}Bcc: eve@example.com", "a\u{0B}b\u{0C}c",
                "=?utf-8?q?a=0D=0ABcc:_eve@example.com?=", "=?utf-8?B?DQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?=",
                "\" <eve@example.com>, \"x", "x\" <eve@example.com>", "a\\", "\\\"", "\r\n\r\n<script>", "\u{202E}evil",
                "ana@example.com, eve@example.com",
            ]
            let mailer = try end.mailer(isKnown: true)
            var mails: [MailMessage] = []
            for attack in attacks {
                let mail = try TestMail.to("ana", toName: attack, fromName: attack, subject: attack)
                let outcome = await mailer.send(mail, nil)
                guard case .accepted = outcome else {
                    throw MailerViolation(description: "\(attack.debugDescription): \(outcome)")
                }
                mails.append(mail)
            }
            let all = try await end.received(atLeast: mails.count)
            try MailerViolation.unless(all.count == mails.count, "\(all.count) of \(mails.count) mails arrived")
            for mail in mails { try same(try find(mail, all), mail, end) }
            await mailer.close()
        },
    ]

    // MARK: Helpers

    /// Sends mails, and compares what arrives with what was sent.
    static func roundTrip(_ end: any MailEnd, _ mails: [MailMessage]) async throws {
        let mailer = try end.mailer(isKnown: true)
        for mail in mails {
            let outcome = await mailer.send(mail, nil)
            guard case .accepted = outcome else { throw MailerViolation(description: "\(outcome)") }
        }
        let all = try await end.received(atLeast: mails.count)
        try MailerViolation.unless(all.count == mails.count, "\(all.count) of \(mails.count) mails arrived")
        for mail in mails { try same(try find(mail, all), mail, end) }
        await mailer.close()
    }

    static func find(_ mail: MailMessage, _ all: [ReceivedMail]) throws -> ReceivedMail {
        let found = all.filter { $0.outboxID == mail.id }
        try MailerViolation.unless(found.count == 1, "\(found.count) mails with the outbox id of one")
        return found[0]
    }

    static func same(_ seen: ReceivedMail, _ mail: MailMessage, _ end: any MailEnd) throws {
        func equal(_ what: String, _ left: String, _ right: String) throws {
            try MailerViolation.unless(
                Array(left.utf8) == Array(right.utf8),
                "\(what): \(left.prefix(300).debugDescription) instead of \(right.prefix(300).debugDescription)"
            )
        }
        try MailerViolation.unless(seen.recipients == [mail.to.address], "recipients: \(seen.recipients)")
        try equal("message id", seen.messageID, mail.messageID)
        try equal("outbox id", seen.outboxID, mail.id)
        try equal("subject", seen.subject, mail.subject)
        try equal("name of the recipient", seen.toName, mail.to.name)
        try equal("name of the sender", seen.fromName, mail.from.name)
        let isRaw = seen.longestLine == 0
        try equal("text", seen.text, isRaw ? mail.text : TestMail.arrived(mail.text))
        try equal("HTML", seen.html, isRaw || mail.html.isEmpty ? mail.html : TestMail.arrived(mail.html))
        try MailerViolation.unless(seen.problems.isEmpty, "problems: \(seen.problems)")
        try MailerViolation.unless(seen.longestLine <= 998, "a line of \(seen.longestLine) bytes")
        let fields = Set(seen.headers).subtracting(end.ownHeaders)
        var wanted: Set = ["Auto-Submitted", "Message-ID", "X-Entity-Ref-ID"]
        if !isRaw {
            wanted.formUnion(["Content-Language", "Content-Type", "Date", "From", "MIME-Version", "Subject", "To"])
            if mail.html.isEmpty { wanted.insert("Content-Transfer-Encoding") }
        }
        try MailerViolation.unless(fields == wanted, "fields: \(fields.symmetricDifference(wanted))")
    }
}
