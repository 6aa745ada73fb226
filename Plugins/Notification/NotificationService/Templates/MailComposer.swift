import Contracts
import Observe
import Plugin
import Postgres
import SwiftProtobuf

/// Makes mails of requests. The same request gives the same mail, in every attempt.
struct MailComposer: Sendable {
    /// Who the mails are from.
    let sender: MailAddress
    let links: MailLinks

    /// The mail of a request that was accepted as `id`.
    /// - Throws: `MailFormatError` for an address that a later build refuses; an error of SwiftProtobuf for bytes that
    ///   are no request.
    func message(_ mail: ClaimedMail, content: [UInt8]) throws -> MailMessage {
        let request = try NotificationSendMailRequest(serializedBytes: content)
        let language = MailLanguage(tag: request.recipient.language)
        let letter = facts(request, mail.kind, language, accepted: mail.acceptedAt, expiry: mail.expiresAt).letter
        return try MailMessage(
            id: mail.id.description,
            attempt: mail.attempt,
            from: sender,
            to: MailAddress(request.recipient.email, name: request.recipient.name),
            subject: letter.subject,
            text: letter.text,
            html: letter.html,
            category: mail.kind.rawValue,
            language: language.rawValue,
            date: mail.acceptedAt
        )
    }

    /// What a mail would look like, with a code and a link that are none.
    func preview(_ kind: MailKind, _ language: MailLanguage, name: String) -> Letter {
        LetterFacts(
            kind: kind,
            language: language,
            name: name.isEmpty ? "Ana García" : name,
            code: kind.showsCode ? "ABCD-2345" : "",
            link: kind.page.map { links.page($0, token: "preview") } ?? "",
            life: kind == .emailChanged ? .hours(72) : .minutes(10),
            newEmail: kind == .emailChanged ? "a…a@example.com" : "",
            links: links
        ).letter
    }

    private func facts(
        _ request: NotificationSendMailRequest,
        _ kind: MailKind,
        _ language: MailLanguage,
        accepted: WallTime,
        expiry: WallTime?
    ) -> LetterFacts {
        let mail = request.mail.kind
        let proof = mail?.proof
        var newEmail = ""
        if case .emailChanged(let changed) = mail { newEmail = changed.newEmail }
        return LetterFacts(
            kind: kind,
            language: language,
            name: request.recipient.name,
            code: LetterFacts.grouped(proof?.code ?? ""),
            link: kind.page.map { links.page($0, token: proof?.token ?? "") } ?? "",
            life: expiry.map { LetterLife(from: accepted, to: $0) },
            newEmail: newEmail,
            links: links
        )
    }
}
