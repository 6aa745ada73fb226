import Digest
import Observe
import RPC

/// A signing key as the store keeps it. Times are whole seconds.
struct KeyRecord: Sendable, Hashable {
    /// The name that tokens carry, 22 characters of base64url.
    var kid: String
    var createdAt: WallTime
    /// When it signs for the first time, unless there is no other.
    var signsFrom: WallTime
    /// The public point, 65 bytes.
    var point: [UInt8]
    /// The private scalar, encrypted for `context`.
    var sealed: [UInt8]

    /// What the encryption vouches for beside the scalar: everything else, so that a record is of whoever has the secret.
    var context: [UInt8] {
        Array("\(kid) \(createdAt.secondsSinceEpoch) \(signsFrom.secondsSinceEpoch) ".utf8) + point
    }
}

extension KeyRecord {
    /// Whether a text may name a key: what came with a token is looked at no further otherwise.
    static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.allSatisfy(TokenText.isPlain)
    }

    /// Reads the text of the store; nil if it is none.
    static func list(_ text: [UInt8]) -> [KeyRecord]? {
        guard let members = JSONValue(parsing: text, maximumBytes: 1 << 20)?.object,
            members["version"] == .number("1"), let items = members["keys"]?.array
        else { return nil }
        let records = items.compactMap(KeyRecord.init)
        return records.count == items.count ? records : nil
    }

    private init?(_ item: JSONValue) {
        guard let members = item.object, let kid = members["kid"]?.string, Self.isName(kid),
            let created = members["created"]?.seconds, let signs = members["signs"]?.seconds,
            let point = members["point"]?.string.flatMap({ Base64URL.decode($0) }),
            let sealed = members["sealed"]?.string.flatMap({ Base64URL.decode($0) })
        else { return nil }
        self.init(
            kid: kid,
            createdAt: WallTime(secondsSinceEpoch: created),
            signsFrom: WallTime(secondsSinceEpoch: signs),
            point: point,
            sealed: sealed
        )
    }

    /// The text for the store. Nothing in it needs escapes.
    static func text(_ records: [KeyRecord]) -> String {
        let items = records.map { record in
            """
            {"kid":"\(record.kid)","created":\(record.createdAt.secondsSinceEpoch),\
            "signs":\(record.signsFrom.secondsSinceEpoch),"point":"\(Base64URL.encode(record.point))",\
            "sealed":"\(Base64URL.encode(record.sealed))"}
            """
        }
        return #"{"version":1,"keys":["# + items.joined(separator: ",") + "]}"
    }
}
