import Digest
import Observe
import Reactor
import Valkey

/// The codes and links of mails, in Valkey; hashed.
///
/// A code has 40 bits, which no fast hash alone protects from who reads the store. A slow one (Argon2id) would make
/// each try cost what a login costs, in a service that has no pool for that; it would buy little: a code is dead after
/// ten minutes. So the hash is HMAC-SHA-256 under a key that is not in the store (`auth.codes.pepper`), over the
/// purpose, the address and the code: without the key nothing can be tried, and a code is good for nothing else.
struct CodeStore: Sendable {
    /// So many wrong tries kill a code.
    static let tries = 5

    private static let longestLife = CodePurpose.allCases.compactMap(\.linkLife).max() ?? .zero

    let store: ValkeyClient
    let pepper: Pepper
    let now: @Sendable () -> WallTime

    /// What a mail tells.
    struct Issued: Sendable {
        /// Empty where there is only a link.
        let code: String
        /// Empty where there is only a code.
        let token: String
        let expires: WallTime
    }

    /// A record that was taken.
    struct Taken: Sendable {
        let purpose: CodePurpose
        let subject: CodeSubject
        fileprivate let key: String
        fileprivate let fields: [(String, [UInt8])]
        fileprivate let life: Int
    }

    /// Makes a code and a link; those before them of the same purpose and address are dead.
    func issue(
        _ purpose: CodePurpose,
        _ subject: CodeSubject,
        by deadline: MonotonicTime?
    ) async throws -> Issued {
        let pepper = try await pepper.bytes(by: deadline)
        let now = now()
        let place = Self.place(subject.address, pepper)
        let code = purpose.codeLife.map { _ in ShortCode.random() }
        let link = purpose.linkLife.map { _ in LinkToken(purpose: purpose, place: place) }
        let life = max(purpose.codeLife ?? .zero, purpose.linkLife ?? .zero)
        var fields: [any ValkeyArgument] = [life.milliseconds, "d", subject.encoded, "n", Self.tries]
        if let code, let codeLife = purpose.codeLife {
            fields += ["c", Self.hash(code, purpose, subject.address, pepper)] as [any ValkeyArgument]
            fields += ["cu", now.advanced(by: codeLife).milliseconds] as [any ValkeyArgument]
        }
        if let link, let linkLife = purpose.linkLife {
            fields += ["l", link.hash, "lu", now.advanced(by: linkLife).milliseconds] as [any ValkeyArgument]
        }
        let key = Self.key(purpose, place)
        let index = Self.index(subject.user)
        // As long as the longest of them; a decoy's user has no others.
        let indexLife = purpose == .decoy ? life : Self.longestLife
        let replies = try await store.pipeline(
            [
                .eval(CodeScripts.issue, keys: [key], arguments: fields),
                ValkeyCommand("ZREMRANGEBYSCORE", index, "-inf", now.milliseconds),
                ValkeyCommand("ZADD", index, now.advanced(by: life).milliseconds, key),
                ValkeyCommand("PEXPIRE", index, indexLife.milliseconds),
            ],
            deadline: deadline
        )
        for reply in replies { _ = try reply.integer() }
        return Issued(code: code?.shown ?? "", token: link?.text ?? "", expires: now.advanced(by: life))
    }

    /// Takes the record of a link; nil if it is wrong, over, or was taken before.
    func redeem(link: LinkToken, by deadline: MonotonicTime?) async throws -> Taken? {
        let key = Self.key(link.purpose, link.place)
        let reply = try await store.run(
            CodeScripts.redeemLink,
            keys: [key],
            arguments: [now().milliseconds, link.hash],
            deadline: deadline
        )
        return try taken(reply, key, link.purpose)
    }

    /// Takes the record of a code; nil if it is wrong, over, or was taken before. A wrong one counts.
    func redeem(
        code: ShortCode,
        _ purpose: CodePurpose,
        _ address: EmailAddress,
        by deadline: MonotonicTime?
    ) async throws -> Taken? {
        let key = Self.key(purpose, Self.place(address, try await pepper.bytes(by: deadline)))
        return try taken(try await reply(to: code, purpose, address, by: deadline), key, purpose)
    }

    /// What the store says of a code: the record, `wrong`, or `dead` where it compared nothing.
    func reply(
        to code: ShortCode,
        _ purpose: CodePurpose,
        _ address: EmailAddress,
        by deadline: MonotonicTime?
    ) async throws -> ValkeyReply {
        let pepper = try await pepper.bytes(by: deadline)
        return try await store.run(
            CodeScripts.redeemCode,
            keys: [Self.key(purpose, Self.place(address, pepper))],
            arguments: [now().milliseconds, Self.hash(code, purpose, address, pepper)],
            deadline: deadline
        )
    }

    /// Puts back what was taken and could not be used, for a reason that passes.
    func putBack(_ taken: Taken, by deadline: MonotonicTime?) async throws {
        var arguments: [any ValkeyArgument] = [taken.life]
        for (name, value) in taken.fields { arguments += [name, value] as [any ValkeyArgument] }
        _ = try await store.run(CodeScripts.putBack, keys: [taken.key], arguments: arguments, deadline: deadline)
    }

    /// Ends the codes of a user that are good for one of these purposes.
    func end(
        _ purposes: [CodePurpose] = CodePurpose.allCases,
        of user: Identifier,
        by deadline: MonotonicTime?
    ) async throws {
        let index = Self.index(user)
        let prefixes = purposes.map(Self.prefix)
        for key in try await store.zrange(index, 0, -1, as: String.self, deadline: deadline)
        where prefixes.contains(where: key.hasPrefix) {
            // One by one: they lie in the slots of their addresses.
            _ = try await store.del([key], deadline: deadline)
            _ = try await store.zrem(index, [key], deadline: deadline)
        }
    }

    /// Ends the codes of one purpose for an address.
    func end(_ purpose: CodePurpose, _ address: EmailAddress, by deadline: MonotonicTime?) async throws {
        let pepper = try await pepper.bytes(by: deadline)
        _ = try await store.del([Self.key(purpose, Self.place(address, pepper))], deadline: deadline)
    }

    private func taken(_ reply: ValkeyReply, _ key: String, _ purpose: CodePurpose) throws -> Taken? {
        guard case .array(let parts) = reply, parts.count == 2 else { return nil }
        let fields = try parts[0].pairs(String.self, [UInt8].self)
        let life = try parts[1].integer()
        guard let data = fields.first(where: { $0.0 == "d" })?.1,
            let subject = CodeSubject(encoded: String(decoding: data, as: UTF8.self))
        else { return nil }
        return Taken(purpose: purpose, subject: subject, key: key, fields: fields, life: max(1, life))
    }

    /// What stands for an address in keys and links, so that neither names it.
    private static func place(_ address: EmailAddress, _ pepper: [UInt8]) -> [UInt8] {
        Array(HMACSHA256.code(["address", address.folded], key: pepper).prefix(16))
    }

    private static func hash(
        _ code: ShortCode,
        _ purpose: CodePurpose,
        _ address: EmailAddress,
        _ pepper: [UInt8]
    ) -> [UInt8] {
        HMACSHA256.code(["code", purpose.word, address.folded, code.symbols], key: pepper)
    }

    private static func key(_ purpose: CodePurpose, _ place: [UInt8]) -> String {
        prefix(purpose) + Base64URL.encode(place)
    }

    private static func prefix(_ purpose: CodePurpose) -> String { "auth:code:\(purpose.word):" }

    private static func index(_ user: Identifier) -> String { "auth:{\(user.text)}:k" }
}
