import Digest
import Observe

/// The keys of one moment, opened. Only those that were sealed with this process's secret are in it: who can write to the
/// store cannot add one.
struct KeyRing: Sendable {
    /// What the store held, to see whether it still does; nil for nothing.
    let text: [UInt8]?
    let records: [KeyRecord]
    let schedule: KeySchedule
    /// By name; looked up exactly.
    let keys: [String: P256PrivateKey]
    /// The public keys as a JSON Web Key Set.
    let publicSet: String

    /// Opens what the store holds.
    /// - Parameters:
    ///   - secrets: the first seals; all open.
    ///   - known: keys that are open already, so that none is opened twice.
    init(
        text: [UInt8]?,
        records: [KeyRecord],
        secrets: [SealingKey],
        timing: SessionKeyTiming,
        known: [String: P256PrivateKey] = [:]
    ) {
        var keys: [String: P256PrivateKey] = [:]
        for record in records {
            if let key = known[record.kid], key.point == record.point {
                keys[record.kid] = key
                continue
            }
            let scalar = secrets.lazy.compactMap { $0.open(record.sealed, context: record.context) }.first
            keys[record.kid] = scalar.flatMap { P256PrivateKey(scalar: $0, point: record.point) }
        }
        self.text = text
        self.records = records
        self.keys = keys
        schedule = KeySchedule(
            records.map { record in
                KeySchedule.Key(
                    kid: record.kid,
                    createdAt: record.createdAt,
                    signsFrom: record.signsFrom,
                    isOwn: keys[record.kid] != nil
                )
            },
            timing: timing
        )
        publicSet = Self.set(records.filter { keys[$0.kid] != nil })
    }

    /// How many records this process cannot open.
    var unopened: Int { records.count - keys.count }

    /// RFC 7517 §5, with the members of RFC 7518 §6.2.1.
    private static func set(_ records: [KeyRecord]) -> String {
        let items = records.map { record in
            """
            {"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"\(record.kid)",\
            "x":"\(Base64URL.encode(record.point[1..<33]))","y":"\(Base64URL.encode(record.point[33...]))"}
            """
        }
        return #"{"keys":["# + items.joined(separator: ",") + "]}"
    }
}
