import Digest

/// A password's Argon2id hash as it is stored, in the PHC string format:
/// `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>`, with `,keyid=<id>` after `p` where a pepper went in.
struct PasswordHash: Equatable, Sendable, CustomStringConvertible {
    let parameters: Argon2Parameters
    /// Which pepper; nil for none.
    let pepper: String?
    let salt: [UInt8]
    let tag: [UInt8]

    init(parameters: Argon2Parameters, pepper: String?, salt: [UInt8], tag: [UInt8]) {
        self.parameters = parameters
        self.pepper = pepper
        self.salt = salt
        self.tag = tag
    }

    /// Reads exactly what `description` writes; nil for anything else, and for parameters outside of the bounds.
    init?(parsing text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19" else { return nil }
        let members = parts[3].split(separator: ",", omittingEmptySubsequences: false)
        guard members.count == 3 || members.count == 4 else { return nil }
        guard let memory = Self.number(members[0], "m="), let passes = Self.number(members[1], "t="),
            let lanes = Self.number(members[2], "p=")
        else { return nil }
        parameters = Argon2Parameters(memory: memory, passes: passes, lanes: lanes)
        guard parameters.isAcceptable else { return nil }
        if members.count == 4 {
            guard members[3].hasPrefix("keyid=") else { return nil }
            let id = String(members[3].dropFirst(6))
            guard Pepper.isID(id) else { return nil }
            pepper = id
        } else {
            pepper = nil
        }
        guard let salt = Base64.decode(parts[4].utf8, mayBePadded: false), (8...64).contains(salt.count) else {
            return nil
        }
        guard let tag = Base64.decode(parts[5].utf8, mayBePadded: false), (16...64).contains(tag.count) else {
            return nil
        }
        (self.salt, self.tag) = (salt, tag)
    }

    /// The PHC string.
    var description: String {
        let key = pepper.map { ",keyid=\($0)" } ?? ""
        return "$argon2id$v=19$m=\(parameters.memory),t=\(parameters.passes),p=\(parameters.lanes)\(key)"
            + "$\(Base64.encode(salt, padded: false))$\(Base64.encode(tag, padded: false))"
    }

    /// Whether it is what a new hash would be.
    func isCurrent(_ wanted: Argon2Parameters, pepper: String?) -> Bool {
        parameters == wanted && self.pepper == pepper && salt.count == Argon2Parameters.saltSize
            && tag.count == Argon2Parameters.tagSize
    }

    /// Compares in a time that depends on the lengths alone.
    func matches(_ other: [UInt8]) -> Bool {
        guard other.count == tag.count else { return false }
        return zip(tag, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func number(_ member: Substring, _ prefix: String) -> Int? {
        guard member.hasPrefix(prefix) else { return nil }
        let digits = member.dropFirst(prefix.count)
        guard (1...7).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.first != "0"
        else { return nil }
        return Int(digits)
    }
}
