import Contracts
import Postgres
import RPC
import Reactor

extension AccountStore {
    /// What became of an identity.
    struct Adoption: Sendable {
        let account: Account
        let outcome: ProfileAdoptIdentityResponse.Outcome
    }

    /// The account of an identity whose issuer has verified its address, as the contract says. One transaction; when
    /// another makes the same account or link at the same time it begins again, and then finds that.
    func adopt(
        _ identity: ProfileIdentity,
        _ email: EmailAddress,
        _ person: Person,
        by deadline: MonotonicTime?
    ) async throws -> Adoption {
        var attempts = 0
        while true {
            do {
                return try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
                    try await adopt(identity, email, person, in: transaction)
                }
            } catch let error as PostgresError where error.isUniqueViolation && attempts < 3 {
                attempts += 1
            }
        }
    }

    private func adopt(
        _ identity: ProfileIdentity,
        _ email: EmailAddress,
        _ person: Person,
        in transaction: PostgresTransaction
    ) async throws -> Adoption {
        let columns = Account.columns()
        let known = try await transaction.query(
            """
            SELECT \(unsafeSQL: columns) FROM accounts JOIN identities ON account = id
            WHERE issuer = \(identity.issuer) AND subject = \(identity.subject) AND deleted_at IS NULL
            """
        )
        if let row = known.first { return Adoption(account: try Account(row), outcome: .known) }
        let found = try await transaction.query(
            """
            SELECT \(unsafeSQL: columns) FROM accounts WHERE email_key = \(email.key) FOR UPDATE
            """
        )
        guard let row = found.first else {
            let rows = try await transaction.query(
                """
                INSERT INTO accounts
                    (id, given_name, family_name, email, email_key, email_verified, language, wallet_id)
                VALUES (\(PostgresUUID.random()), \(person.givenName), \(person.familyName), \(email.text),
                    \(email.key), true, \(person.language), \(PostgresUUID.random()))
                RETURNING \(unsafeSQL: columns)
                """
            )
            return try await link(rows, identity, .created, in: transaction)
        }
        let account = try Account(row)
        if account.isEmailVerified {
            // Asked anew, now that the account is locked: the same identity may have come first since the first look-up.
            let linked = try await transaction.query(
                "SELECT subject FROM identities WHERE account = \(account.id) AND issuer = \(identity.issuer)"
            )
            guard let subject = try linked.first?.value(at: 0, as: String.self) else {
                return Adoption(account: account, outcome: .linkRequired)
            }
            return Adoption(account: account, outcome: subject == identity.subject ? .known : .conflict)
        }
        // Whoever made the account has not shown that the address is theirs: nothing of them stays.
        try await transaction.execute("DELETE FROM identities WHERE account = \(account.id)")
        let rows = try await transaction.query(
            """
            UPDATE accounts SET given_name = \(person.givenName), family_name = \(person.familyName),
                email = \(email.text), email_verified = true, language = \(person.language), password = NULL,
                photo = false, epoch = epoch + 1, version = version + 1, created_at = now()
            WHERE id = \(account.id)
            RETURNING \(unsafeSQL: columns)
            """
        )
        return try await link(rows, identity, .takenOver, in: transaction)
    }

    private func link(
        _ rows: PostgresRows,
        _ identity: ProfileIdentity,
        _ outcome: ProfileAdoptIdentityResponse.Outcome,
        in transaction: PostgresTransaction
    ) async throws -> Adoption {
        guard let row = rows.first else { throw RPCError(.aborted, "another change came first; try again") }
        let account = try Account(row)
        try await transaction.execute(
            """
            INSERT INTO identities (issuer, subject, account)
            VALUES (\(identity.issuer), \(identity.subject), \(account.id))
            """
        )
        try await ledger.depositStart(account.id, in: transaction)
        return Adoption(account: account, outcome: outcome)
    }

    /// Links an identity to an account; without effect if it is.
    /// - Throws: NOT_FOUND; FAILED_PRECONDITION ("email-unverified"); ALREADY_EXISTS ("identity-linked") if the identity has another account, or the account
    ///   another identity of that issuer.
    func link(
        _ identity: ProfileIdentity,
        to id: PostgresUUID,
        by deadline: MonotonicTime?
    ) async throws -> Account {
        try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            let rows = try await transaction.query(
                """
                SELECT \(unsafeSQL: Account.columns()) FROM accounts
                WHERE id = \(id) AND deleted_at IS NULL FOR UPDATE
                """
            )
            guard let row = rows.first else { throw RPCError.unknownClient }
            let account = try Account(row)
            guard account.isEmailVerified else {
                throw RPCError(.failedPrecondition, "the account's address is not verified", reason: "email-unverified")
            }
            try await transaction.execute(
                """
                INSERT INTO identities (issuer, subject, account)
                VALUES (\(identity.issuer), \(identity.subject), \(id))
                ON CONFLICT DO NOTHING
                """
            )
            // A statement of its own sees what another transaction has linked meanwhile.
            let linked = try await transaction.query(
                """
                SELECT account = \(id) FROM identities
                WHERE issuer = \(identity.issuer) AND subject = \(identity.subject)
                """
            )
            guard try linked.first?.value(at: 0, as: Bool.self) == true else {
                throw RPCError(
                    .alreadyExists,
                    "the identity or the account is linked otherwise",
                    reason: "identity-linked"
                )
            }
            return account
        }
    }

    /// The issuer and subject of each of an account's identities, with when they were linked, sorted by issuer.
    func identities(of id: PostgresUUID, by deadline: MonotonicTime?) async throws -> PostgresRows {
        try await database.query(
            "SELECT issuer, subject, linked_at FROM identities WHERE account = \(id) ORDER BY issuer",
            PostgresCall(deadline: deadline)
        )
    }
}
