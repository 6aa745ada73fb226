import Digest
import Observe
import RPC
import Testing

@testable import ProfileService

// Not beside what measures memory and time: one of them takes 64 MiB.
extension IntegrationTests {
    @Suite struct PasswordHashTests {
        private static let text =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

        /// The reference implementation's own test vector (src/test.c, argon2id 0x13).
        @Test func theTagIsTheReferences() throws {
            let hash = try #require(PasswordHash(parsing: Self.text))
            #expect(hash.description == Self.text && hash.salt == Array("somesalt".utf8))
            let area = try Argon2Area(kibibytes: 65536)
            let tag = try area.tag(of: Array("password".utf8), salt: hash.salt, size: 32, hash.parameters)
            #expect(hash.matches(tag))
            // The area may be used again.
            #expect(try area.tag(of: Array("password".utf8), salt: hash.salt, size: 32, hash.parameters) == tag)
            let other = try area.tag(of: Array("differentpassword".utf8), salt: hash.salt, size: 32, hash.parameters)
            #expect(!hash.matches(other) && !hash.matches(Array(tag.dropLast())) && !hash.matches([]))
        }

        @Test func anAreaThatIsTooSmallIsRefused() throws {
            let area = try Argon2Area(kibibytes: 1024)
            #expect(throws: Argon2Area.Failure.self) {
                try area.tag(of: [], salt: Array(0..<16), size: 32, Argon2Parameters(memory: 19_456, passes: 1))
            }
        }

        @Test(arguments: [
            "", "$", text + "$", text.replacing("argon2id", with: "argon2i"), text.replacing("v=19", with: "v=16"),
            text.replacing("m=65536", with: "m=7167"), text.replacing("m=65536", with: "m=524289"),
            text.replacing("m=65536", with: "m=99999999999999999999"), text.replacing("m=65536", with: "m=065536"),
            text.replacing("m=65536", with: "m=-65536"), text.replacing("m=65536", with: "m=+65536"),
            text.replacing("t=2", with: "t=0"), text.replacing("t=2", with: "t=11"),
            text.replacing("p=1", with: "p=17"),
            text.replacing("p=1", with: "p=1,data=x"), text.replacing("p=1", with: "p=1,keyid=A"),
            text.replacing("p=1", with: "p=1,keyid="), text.replacing("m=65536,t=2", with: "t=2,m=65536"),
            text.replacing("c29tZXNhbHQ", with: "c29tZXNhbHR"), text.replacing("c29tZXNhbHQ", with: "c29tZXNhbHQ="),
            text.replacing("c29tZXNhbHQ", with: "c29"), text.replacing("GRPPc", with: "GRPPd"),
            text.replacing("$c29tZXNhbHQ", with: ""), "\u{0}" + text, text + "\n",
        ])
        func whatIsNotExactlyAHashIsRefused(text: String) {
            #expect(PasswordHash(parsing: text) == nil)
        }

        @Test func aPepperIsPartOfTheText() throws {
            let text = Self.text.replacing("p=1", with: "p=1,keyid=k2")
            let hash = try #require(PasswordHash(parsing: text))
            #expect(hash.pepper == "k2" && hash.description == text)
        }

        /// RFC 4231, test cases 1, 2 and 6.
        @Test func theCodeIsTheStandards() {
            func hex(_ bytes: [UInt8]) -> String {
                bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            }
            #expect(
                hex(HMACSHA256.code(Array("Hi There".utf8), key: [UInt8](repeating: 0x0b, count: 20)))
                    == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            )
            #expect(
                hex(HMACSHA256.code(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
                    == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            )
            #expect(
                hex(
                    HMACSHA256.code(
                        Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                        key: [UInt8](repeating: 0xaa, count: 131)
                    )
                ) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            )
        }

        @Test func aPasswordIsWhatRFC8265MakesOfIt() {
            #expect(PasswordText("e\u{301}\u{3000}x\u{A0}y")?.bytes == Array("é x y".utf8))
            #expect(PasswordText("Ｆ ")?.bytes == Array("Ｆ ".utf8))
            #expect(PasswordText(String(repeating: "x", count: 1024)) != nil)
            for text in ["", "a\u{0}", "a\u{7F}", "a\n", String(repeating: "x", count: 1025)] {
                #expect(PasswordText(text) == nil)
            }
        }

        @Test(arguments: ["", "a", "a:short", "A:\(key)", "a:\(key),a:\(key)", "a:\(key),", "toolongid:\(key)"])
        func aPepperThatIsNoneIsRefused(text: String) {
            #expect(throws: Pepper.Malformed.self) { try Pepper(parsing: Secret(text)) }
        }

        private static let key = String(repeating: "k", count: 32)

        /// A hash of other costs or of another key is right, and comes back as one that is current.
        @Test func hashesAreUpgraded() async throws {
            let pepper = try Pepper(parsing: Secret("new:\(Self.key),old:\(Self.key)2"))
            func hasher(_ memory: Int, _ pepper: Pepper) -> PasswordHasher {
                PasswordHasher(
                    Argon2Parameters(memory: memory, passes: 1),
                    pepper: pepper,
                    budget: 65_536,
                    threads: 1,
                    metrics: MetricRegistry()
                )
            }
            let plain = hasher(7168, Pepper())
            let current = hasher(8192, pepper)
            let old = hasher(8192, try Pepper(parsing: Secret("old:\(Self.key)2")))
            defer { for hasher in [plain, current, old] { hasher.shutdown() } }
            for stored in [try await plain.hash("secret", by: nil), try await old.hash("secret", by: nil)] {
                let wrong = try await current.check("Secret", against: stored, by: nil)
                #expect(wrong == .wrong)
                let verdict = try await current.check("secret", against: stored, by: nil)
                guard case .upgraded(let new) = verdict else {
                    Issue.record("\(verdict)")
                    continue
                }
                #expect(PasswordHash(parsing: new)?.pepper == "new")
                let again = try await current.check("secret", against: new, by: nil)
                #expect(again == .right)
            }
            // Without its key a hash cannot be checked; one hash is computed all the same.
            let before = plain.count
            let peppered = try await current.hash("secret", by: nil)
            let unknown = try await plain.check("secret", against: peppered, by: nil)
            #expect(unknown == .wrong && plain.count == before + 1)
            // More memory than all threads may have together is refused, not executed.
            let huge = Self.text.replacing("m=65536", with: "m=524288")
            let refused = try await plain.check("password", against: huge, by: nil)
            #expect(refused == .wrong && plain.count == before + 2)
        }
    }
}
