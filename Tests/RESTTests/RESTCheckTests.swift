import RPC
import Testing

/// The rules of fields, without requests.
@Suite struct RESTCheckTests {
    private func fields(_ body: (inout RESTCheck) -> Void) -> [RESTError.Field] {
        var check = RESTCheck()
        body(&check)
        do {
            try check.finish()
            return []
        } catch {
            return (error as? RESTError)?.fields ?? []
        }
    }

    @Test(
        arguments: [
            ("A", true), ("BRK.B", true), ("A23456789012", true), ("A234567890123", false), ("", false), ("a", false),
            ("1A", false), ("A/B", false), ("A\u{301}", false), ("A\n", false),
        ]
    )
    func `a pattern takes its texts as a whole`(text: String, isTaken: Bool) {
        #expect(RESTPattern("^[A-Z][A-Z0-9.-]{0,11}$").matches(text) == isTaken)
    }

    @Test(arguments: [("^a{2}$", "aa", "a"), ("^a?b+$", "bb", "aab"), ("^[0-9]*-[-x]$", "12--", "12-y")])
    func `sets have counts`(pattern: String, good: String, bad: String) {
        let pattern: RESTPattern =
            switch pattern {
            case "^a{2}$": RESTPattern("^a{2}$")
            case "^a?b+$": RESTPattern("^a?b+$")
            default: RESTPattern("^[0-9]*-[-x]$")
            }
        #expect(pattern.matches(good))
        #expect(!pattern.matches(bad))
    }

    @Test func `everything that is wrong is named, once each`() {
        let wrong = fields { check in
            check.text("a", "", isRequired: true)
            check.text("b", "toolong", length: 0...3)
            check.text("c", "x", values: ["one", "two"])
            check.number("d", Int32(201), range: 1...200)
            check.list("e", ["A", "b"], pattern: RESTPattern("^[A-Z]$"))
            check.text("f", "fine", isRequired: true, length: 0...4)
        }
        #expect(wrong.map(\.field) == ["a", "b", "c", "d", "e"])
        #expect(wrong.map(\.code) == ["required", "length", "invalid", "range", "invalid"])
        #expect(wrong[2].message == "must be one or two")
    }

    @Test func `what is left out is not checked`() {
        let wrong = fields { check in
            check.text("a", nil, length: 5...9, format: .date)
            check.text("b", "", length: 0...2)
            check.number("c", nil as Int32?, range: 1...2)
            check.list("d", [], length: 1...2)
        }
        #expect(wrong.isEmpty)
    }

    @Test func `an empty text is a text`() {
        let wrong = fields { check in
            check.text("a", "", values: ["one"])
            check.text("b", "", length: 1...2)
            check.text("c", "", format: .date)
            check.text("d", "", pattern: RESTPattern("^[A-Z]+$"))
            check.exactlyOne(("e", false), ("f", false))
            check.exactlyOne(("g", true), ("h", true))
            check.exactlyOne(("i", true), ("j", false))
        }
        #expect(wrong.map(\.field) == ["a", "b", "c", "d", "e", "g"])
    }

    @Test func `length counts scalars, not bytes`() {
        #expect(fields { $0.text("a", "ñandú", length: 0...5) }.isEmpty)
    }

    @Test(
        arguments: [
            (RESTFormat.decimal, "-12.34", true), (.decimal, "12.", false), (.decimal, ".5", false),
            (.decimal, "1e3", false), (.decimal, "+1", false), (.decimal, "1.2.3", false), (.decimal, "-", false),
            (.date, "2012-02-29", true), (.date, "2013-02-29", false), (.date, "2012-1-01", false),
            (.uuid, "5f0c2f4e-6a35-4a9b-8a0b-8d0c8f3f2d11", true), (.uuid, "5f0c2f4e6a354a9b8a0b8d0c8f3f2d11", false),
        ]
    )
    func `formats`(format: RESTFormat, text: String, isTaken: Bool) {
        #expect(fields { $0.text("a", text, format: format) }.isEmpty == isTaken, "\(format) \(text)")
    }
}
