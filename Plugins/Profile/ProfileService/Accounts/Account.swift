import Contracts
import Observe
import Postgres
import SwiftProtobuf

/// One account that has not been removed.
struct Account: Sendable {
    let id: PostgresUUID
    let email: String
    let isEmailVerified: Bool
    let givenName: String
    let familyName: String
    let language: String
    let hasPassword: Bool
    let hasPhoto: Bool
    let walletID: PostgresUUID
    let version: Int64
    let epoch: Int64
    let createdAt: WallTime

    /// The columns that `init` reads, in order; of the table, or of its alias.
    static func columns(_ table: String = "accounts") -> String {
        [
            "id", "email", "email_verified", "given_name", "family_name", "language", "password IS NOT NULL", "photo",
            "wallet_id", "version", "epoch", "created_at",
        ].map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// How many columns that are.
    static let columnCount = 12

    init(_ row: PostgresRow) throws(PostgresError) {
        id = try row.value(at: 0)
        email = try row.value(at: 1)
        isEmailVerified = try row.value(at: 2)
        givenName = try row.value(at: 3)
        familyName = try row.value(at: 4)
        language = try row.value(at: 5)
        hasPassword = try row.value(at: 6)
        hasPhoto = try row.value(at: 7)
        walletID = try row.value(at: 8)
        version = try row.value(at: 9)
        epoch = try row.value(at: 10)
        createdAt = try row.value(at: 11)
    }
}

extension ProfileAccount {
    init(_ account: Account) {
        self.init()
        userID = account.id.description
        email = account.email
        emailVerified = account.isEmailVerified
        givenName = account.givenName
        language = account.language
        epoch = account.epoch
        hasPassword_p = account.hasPassword
    }
}

extension ProfilePerson {
    init(_ account: Account, balances: [ProfileBalance]) {
        self.init()
        userID = account.id.description
        givenName = account.givenName
        familyName = account.familyName
        email = account.email
        emailVerified = account.isEmailVerified
        language = account.language
        hasPhoto_p = account.hasPhoto
        walletID = account.walletID.description
        self.balances = balances
        createdAt = Google_Protobuf_Timestamp(account.createdAt)
        hasPassword_p = account.hasPassword
        version = account.version
    }
}

extension Google_Protobuf_Timestamp {
    /// Cut to milliseconds: what JSON shows.
    init(_ time: WallTime) {
        self.init(seconds: time.secondsSinceEpoch, nanos: Int32(time.nanosecondsOfSecond / 1_000_000 * 1_000_000))
    }
}
