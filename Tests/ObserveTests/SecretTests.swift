import Observe
import Testing

@Suite struct SecretTests {
    @Test func `a secret does not show`() {
        struct Holder { let secret = Secret("hunter2") }
        var dumped = ""
        dump(Holder(), to: &dumped)
        for text in ["\(Secret("hunter2"))", String(reflecting: Secret("hunter2")), "\(Holder())", dumped] {
            #expect(!text.contains("hunter2"), "\(text)")
        }
        #expect(Secret("hunter2").reveal() == "hunter2")
    }

    @Test func `secrets compare by their text`() {
        #expect(Secret("a") == Secret("a") && Secret("a") != Secret("b") && Secret("a") != Secret("aa"))
    }
}
