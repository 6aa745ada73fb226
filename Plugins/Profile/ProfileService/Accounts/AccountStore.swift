import Money
import Postgres
import RPC
import Reactor

/// The accounts in the database. What changes several rows is one transaction.
struct AccountStore: Sendable {
    let database: PostgresClient
    let ledger: Ledger

    // MARK: Reading

    /// The account, if there is one.
    func find(_ key: AccountKey, by deadline: MonotonicTime?) async throws -> Account? {
        try await database.query(Self.selection(key), PostgresCall(deadline: deadline)).first.map(Account.init)
    }

    /// The account and the hash of its password.
    func findWithPassword(
        _ key: AccountKey,
        by deadline: MonotonicTime?
    ) async throws -> (account: Account, hash: String?)? {
        guard let row = try await database.query(Self.selection(key), PostgresCall(deadline: deadline)).first else {
            return nil
        }
        return (try Account(row), try row.value(at: Account.columnCount))
    }

    /// The account.
    /// - Throws: NOT_FOUND.
    func get(_ id: PostgresUUID, by deadline: MonotonicTime?) async throws -> Account {
        guard let account = try await find(.id(id), by: deadline) else { throw RPCError.unknownClient }
        return account
    }

    /// The account and its balances, sorted by currency, in one round trip.
    /// - Throws: NOT_FOUND.
    func getWithBalances(
        _ id: PostgresUUID,
        by deadline: MonotonicTime?
    ) async throws -> (account: Account, balances: [CashBalance]) {
        let rows = try await database.query(
            """
            SELECT \(unsafeSQL: Account.columns()),
                ARRAY(SELECT currency FROM balances WHERE client = id ORDER BY currency),
                ARRAY(SELECT available FROM balances WHERE client = id ORDER BY currency),
                ARRAY(SELECT held FROM balances WHERE client = id ORDER BY currency)
            FROM accounts WHERE id = \(id) AND deleted_at IS NULL
            """,
            PostgresCall(deadline: deadline)
        )
        guard let row = rows.first else { throw RPCError.unknownClient }
        return (try Account(row), try Self.balances(row))
    }

    private static func balances(_ row: PostgresRow) throws -> [CashBalance] {
        let currencies: [String] = try row.value(at: Account.columnCount)
        let available: [ExactDecimal] = try row.value(at: Account.columnCount + 1)
        let held: [ExactDecimal] = try row.value(at: Account.columnCount + 2)
        return try currencies.indices.map { index in
            CashBalance(
                available: available[index],
                held: held[index],
                currency: try Currency(parsing: currencies[index])
            )
        }
    }

    private static func selection(_ key: AccountKey) -> PostgresQuery {
        let columns = Account.columns()
        switch key {
        case .id(let id):
            return
                "SELECT \(unsafeSQL: columns), password FROM accounts WHERE id = \(id) AND deleted_at IS NULL"
        case .email(let email):
            return "SELECT \(unsafeSQL: columns), password FROM accounts WHERE email_key = \(email.key)"
        case .identity(let issuer, let subject):
            return """
                SELECT \(unsafeSQL: columns), password FROM accounts JOIN identities ON account = id
                WHERE issuer = \(issuer) AND subject = \(subject) AND deleted_at IS NULL
                """
        }
    }

    // MARK: Making and changing

    /// What a new account says of its owner.
    struct Person: Sendable {
        var givenName: String
        var familyName: String
        var language: String
    }

    /// Makes an account; gives an unverified one of that address this person and password; leaves a verified one as it is.
    /// One statement that writes one row in every case, so that no case takes longer.
    func create(
        _ email: EmailAddress,
        _ person: Person,
        password: String,
        by deadline: MonotonicTime?
    ) async throws -> (account: Account, exists: Bool) {
        let rows = try await database.query(
            """
            INSERT INTO accounts AS a (id, given_name, family_name, email, email_key, language, password, wallet_id)
            VALUES (\(PostgresUUID.random()), \(person.givenName), \(person.familyName), \(email.text), \(email.key),
                \(person.language), \(password), \(PostgresUUID.random()))
            ON CONFLICT (email_key) DO UPDATE SET
                given_name = CASE WHEN a.email_verified THEN a.given_name ELSE EXCLUDED.given_name END,
                family_name = CASE WHEN a.email_verified THEN a.family_name ELSE EXCLUDED.family_name END,
                email = CASE WHEN a.email_verified THEN a.email ELSE EXCLUDED.email END,
                language = CASE WHEN a.email_verified THEN a.language ELSE EXCLUDED.language END,
                password = CASE WHEN a.email_verified THEN a.password ELSE EXCLUDED.password END,
                version = CASE WHEN a.email_verified THEN a.version ELSE a.version + 1 END
            RETURNING \(unsafeSQL: Account.columns("a"))
            """,
            PostgresCall(deadline: deadline)
        )
        guard let row = rows.first else { throw RPCError(.aborted, "another change came first; try again") }
        let account = try Account(row)
        return (account, account.isEmailVerified)
    }

    /// What a client changes; nil for what stays.
    struct Change: Sendable {
        var givenName: String?
        var familyName: String?
        var language: String?
        /// The version that it must be of; nil for any.
        var version: Int64?
    }

    /// - Throws: NOT_FOUND; ABORTED ("version-conflict") for another version.
    func update(_ id: PostgresUUID, _ change: Change, by deadline: MonotonicTime?) async throws -> Account {
        let rows = try await database.query(
            """
            UPDATE accounts SET
                given_name = COALESCE(\(change.givenName), given_name),
                family_name = COALESCE(\(change.familyName), family_name),
                language = COALESCE(\(change.language), language),
                version = version + 1
            WHERE id = \(id) AND deleted_at IS NULL AND version = COALESCE(\(change.version), version)
            RETURNING \(unsafeSQL: Account.columns())
            """,
            PostgresCall(deadline: deadline)
        )
        if let row = rows.first { return try Account(row) }
        _ = try await get(id, by: deadline)
        throw RPCError(.aborted, "the profile was changed since", reason: "version-conflict")
    }

    /// Replaces the hash of a password that was right by a newer one of the same; without effect if it was changed since.
    func upgrade(
        _ id: PostgresUUID,
        from old: String,
        to new: String,
        by deadline: MonotonicTime?
    ) async throws {
        try await database.execute(
            "UPDATE accounts SET password = \(new) WHERE id = \(id) AND password = \(old)",
            PostgresCall(deadline: deadline)
        )
    }

    /// Replaces the password, and raises the epoch; verifies the address too if the client proved to own it.
    /// - Throws: NOT_FOUND.
    func setPassword(
        _ id: PostgresUUID,
        _ hash: String,
        verifying: Bool,
        by deadline: MonotonicTime?
    ) async throws -> Account {
        try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
            let rows = try await transaction.query(
                """
                UPDATE accounts SET password = \(hash), epoch = epoch + 1, version = version + 1,
                    email_verified = email_verified OR \(verifying)
                WHERE id = \(id) AND deleted_at IS NULL
                RETURNING \(unsafeSQL: Account.columns())
                """
            )
            guard let row = rows.first else { throw RPCError.unknownClient }
            let account = try Account(row)
            if account.isEmailVerified { try await ledger.depositStart(account.id, in: transaction) }
            return account
        }
    }

    /// Raises the epoch.
    /// - Throws: NOT_FOUND.
    func raiseEpoch(_ id: PostgresUUID, by deadline: MonotonicTime?) async throws -> Account {
        let rows = try await database.query(
            """
            UPDATE accounts SET epoch = epoch + 1 WHERE id = \(id) AND deleted_at IS NULL
            RETURNING \(unsafeSQL: Account.columns())
            """,
            PostgresCall(deadline: deadline)
        )
        guard let row = rows.first else { throw RPCError.unknownClient }
        return try Account(row)
    }

    /// An account with its new address, and the one before.
    struct Confirmation: Sendable {
        let account: Account
        let previous: String
    }

    /// The address is verified, and becomes the account's. An unverified account that only claimed it makes room.
    /// - Throws: NOT_FOUND; ALREADY_EXISTS ("email-taken") if another account has verified it.
    func confirmEmail(
        _ id: PostgresUUID,
        _ email: EmailAddress,
        by deadline: MonotonicTime?
    ) async throws -> Confirmation {
        do {
            return try await database.withTransaction(PostgresCall(deadline: deadline)) { transaction in
                let old = try await transaction.query(
                    "SELECT email FROM accounts WHERE id = \(id) AND deleted_at IS NULL FOR UPDATE"
                )
                guard let previous = try old.first?.value(at: 0, as: String.self) else { throw RPCError.unknownClient }
                // Nobody has ever logged in to it, so nothing refers to it.
                try await transaction.execute(
                    "DELETE FROM accounts WHERE email_key = \(email.key) AND id <> \(id) AND NOT email_verified"
                )
                let rows = try await transaction.query(
                    """
                    UPDATE accounts SET email = \(email.text), email_key = \(email.key), email_verified = true,
                        version = version + 1
                    WHERE id = \(id)
                    RETURNING \(unsafeSQL: Account.columns())
                    """
                )
                guard let row = rows.first else { throw RPCError.unknownClient }
                try await ledger.depositStart(id, in: transaction)
                return Confirmation(account: try Account(row), previous: previous)
            }
        } catch let error as PostgresError where error.isUniqueViolation {
            throw RPCError(.alreadyExists, "another account has that address", reason: "email-taken")
        }
    }

    /// Says whether there is a photo. The version stays: a photo is no field that `UpdateProfile` could overwrite.
    /// - Throws: NOT_FOUND.
    func setPhoto(_ id: PostgresUUID, _ has: Bool, by deadline: MonotonicTime?) async throws {
        let count = try await database.execute(
            "UPDATE accounts SET photo = \(has) WHERE id = \(id) AND deleted_at IS NULL",
            PostgresCall(deadline: deadline)
        )
        guard count == 1 else { throw RPCError.unknownClient }
    }
}
