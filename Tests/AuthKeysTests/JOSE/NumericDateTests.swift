import RPC
import Testing

@testable import AuthService

@Suite struct NumericDateTests {
    @Test(arguments: [
        ("1800000000", 1_800_000_000), ("-5", -5), ("12.9", 12), ("1e3", nil), ("\"12\"", nil),
        ("99999999999999999999", nil),
    ])
    func seconds(json: String, seconds: Int64?) {
        #expect(JSONValue(parsing: Array(json.utf8), maximumBytes: 99)?.seconds == seconds)
    }
}
