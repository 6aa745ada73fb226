import Contracts
import Digest
import Money
import Observe
import Postgres
import RPC
import SwiftProtobuf

/// The text of an export, made in pieces:
/// `{"exportedAt":…,"account":{…},"identities":[…],"balances":[…],"postings":[…],"photo":"<base64 of a JPEG>"}`.
struct ExportDocument {
    /// An account of somebody else's that is linked.
    struct Identity {
        let issuer: String
        let subject: String
        let linkedAt: WallTime
    }

    private let exportedAt: WallTime
    private var bytes: [UInt8] = []
    private var hasPostings = false

    init(exportedAt: WallTime) { self.exportedAt = exportedAt }

    /// What was written since the last time.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// The beginning, up to the postings.
    mutating func begin(_ account: Account, _ identities: [Identity], _ balances: [CashBalance]) {
        var json = JSONWriter()
        json.object { json in
            json.key("exportedAt")
            json.string(exportedAt.description)
            json.key("account")
            json.object { Self.write(account, to: &$0) }
            json.key("identities")
            json.array { json in
                for identity in identities {
                    json.object { json in
                        json.key("issuer")
                        json.string(identity.issuer)
                        json.key("subject")
                        json.string(identity.subject)
                        json.key("linkedAt")
                        json.string(identity.linkedAt.description)
                    }
                }
            }
            json.key("balances")
            json.array { json in
                for balance in balances {
                    json.object { json in
                        json.key("available")
                        json.string(Cash.message(balance.available, balance.currency).amount)
                        json.key("held")
                        json.string(Cash.message(balance.held, balance.currency).amount)
                        json.key("currency")
                        json.string(balance.currency.code)
                    }
                }
            }
        }
        // The object goes on.
        bytes += json.bytes.dropLast()
        bytes += Array(#","postings":["#.utf8)
    }

    /// One line of the ledger.
    mutating func add(_ posting: ProfilePosting) {
        if hasPostings { bytes.append(UInt8(ascii: ",")) }
        hasPostings = true
        var json = JSONWriter()
        json.object { json in
            json.key("entryId")
            json.string(posting.entryID)
            json.key("kind")
            json.string(posting.kind)
            json.key("account")
            json.string(posting.account)
            json.key("amount")
            json.string(posting.amount.amount)
            json.key("currency")
            json.string(posting.amount.currency)
            json.key("bookedAt")
            json.timestamp(seconds: posting.bookedAt.seconds, nanos: posting.bookedAt.nanos)
        }
        bytes += json.bytes
    }

    /// The end.
    mutating func end(photo: [UInt8]?) {
        bytes += Array(#"],"photo":"#.utf8)
        if let photo {
            bytes += Array("\"\(Base64.encode(photo, padded: true))\"".utf8)
        } else {
            bytes += Array("null".utf8)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func write(_ account: Account, to json: inout JSONWriter) {
        json.key("userId")
        json.string(account.id.description)
        json.key("givenName")
        json.string(account.givenName)
        json.key("familyName")
        json.string(account.familyName)
        json.key("email")
        json.string(account.email)
        json.key("emailVerified")
        json.bool(account.isEmailVerified)
        json.key("language")
        json.string(account.language)
        json.key("walletId")
        json.string(account.walletID.description)
        json.key("hasPassword")
        json.bool(account.hasPassword)
        json.key("createdAt")
        json.string(account.createdAt.description)
    }
}
