import HTTP
import Testing

@testable import RPC

@Suite struct AcceptedTypesTests {
    @Test(arguments: [
        ("", false), ("*/*", false), ("application/json", false), ("text/csv", true), ("TEXT/CSV ; q=0.9", true),
        ("text/csv, application/json", false), ("text/csv, application/json;q=0.9", true), ("text/*", true),
        ("text/csv;q=0", false), ("text/csv;q=0.5, */*;q=0.6", false), ("text/csv;q=7", false),
        ("text/html, text/csv;q=0.3, */*;q=0.1", true),
    ])
    func whatIsWantedMore(_ accept: String, _ wantsFirst: Bool) {
        var fields: HTTPFields = [:]
        if !accept.isEmpty { fields.append("accept", accept) }
        #expect(AcceptedTypes(fields).prefers("text/csv", over: "application/json") == wantsFirst)
    }

    @Test(arguments: [
        ("", true), ("text/csv", false), ("text/*, application/json;q=0.1", true), ("*/*;q=0", false),
        ("application/*;q=0, application/json", true), ("application/json;q=2", true), ("*/json", true),
    ])
    func whatIsTaken(_ accept: String, _ takesJSON: Bool) {
        var fields: HTTPFields = [:]
        if !accept.isEmpty { fields.append("accept", accept) }
        #expect(AcceptedTypes(fields).includes(anyOf: ["application/json"]) == takesJSON)
    }
}
