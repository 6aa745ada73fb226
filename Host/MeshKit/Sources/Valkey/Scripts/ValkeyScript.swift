/// A Lua script that runs inside of the server, with none of anybody's commands between:
/// https://valkey.io/topics/eval-intro.
public struct ValkeyScript: Sendable {
    /// The text of the script.
    public let source: String
    /// The name by which a server knows it: 40 hexadecimal digits.
    public let name: String

    /// A script. Made once, as a `static let`: its name is computed here.
    public init(_ source: String) {
        self.source = source
        let digits = Array("0123456789abcdef".utf8)
        let digest = SHA1.digest(source.utf8)
        name = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
