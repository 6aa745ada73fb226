import Testing
import Valkey

@Suite struct ReplyTests {
    @Test func `a reply does not print its data`() {
        #expect(ValkeyReply.bytes(Array("secret".utf8)).description == "bytes(6)")
    }
}
