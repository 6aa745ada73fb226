import SwiftProtobuf
import Testing

@testable import RPC

@Suite struct RESTRequestTests {
    private func request(_ query: Substring?, _ content: String = "") throws -> RESTRequest {
        try RESTRequest(variables: [("symbol", "SAN")], query: query, content: Array(content.utf8))
    }

    @Test func readsWhatIsThere() throws {
        var request = try request("range=1%20d+x&count=-3&since=9007199254740993&full=true&symbols=A,B&symbols=C")
        #expect(try request.path("symbol") == "SAN")
        #expect(try request.query("range", as: String.self) == "1 d x")
        #expect(try request.query("count", as: Int32.self) == -3)
        #expect(try request.query("since", as: Int64.self) == 9_007_199_254_740_993)
        #expect(try request.query("full", as: Bool.self) == true)
        #expect(try request.queryList("symbols", as: String.self) == ["A", "B", "C"])
        #expect(try request.query("none", as: String.self) == nil)
        try request.finish()
    }

    @Test(arguments: ["count=x", "count=", "count=%2B1", "count=1.0", "count=2147483648", "count=%201"])
    func aBadNumberNamesItsField(query: String) throws {
        var request = try request(query[...])
        let error = #expect(throws: RESTError.self) { try request.query("count", as: Int32.self) }
        #expect(error?.status == 400)
        #expect(error?.fields.map(\.field) == ["count"])
        #expect(error?.fields.map(\.code) == ["invalid"])
    }

    @Test func aRepeatedScalarIsRefused() throws {
        var request = try request("range=1d&range=1d")
        let error = #expect(throws: RESTError.self) { try request.query("range", as: String.self) }
        #expect(error?.fields.map(\.code) == ["repeated"])
    }

    @Test func aParameterThatNobodyReadIsRefused() throws {
        var request = try request("range=1d&rnage=1d")
        _ = try request.query("range", as: String.self)
        let error = #expect(throws: RESTError.self) { try request.finish() }
        #expect(error?.fields.map(\.field) == ["rnage"])
        #expect(error?.fields.map(\.code) == ["unknown"] && error?.status == 400)
    }

    @Test(arguments: ["a=%", "%zz=1", "a=%ff"])
    func aBrokenQueryIsRefused(query: String) {
        #expect(throws: RESTError.self) { try request(query[...]) }
    }

    @Test func theBodyIsStrictJSON() throws {
        var good = try request(nil, #"{"name":"a"}"#)
        #expect(try good.body(Google_Protobuf_Method.self).name == "a")
        for (bad, status) in [("", 400), ("{", 400), (#"{"name":1}"#, 400), (#"{"nothing":1}"#, 422)] {
            var request = try request(nil, bad)
            let error = #expect(throws: RESTError.self) { try request.body(Google_Protobuf_Method.self) }
            #expect(error?.status == status, "\(bad)")
        }
    }

    @Test(
        arguments: [
            (#"{"name":null}"#, 400), (#"{"name":"a","name":"b"}"#, 400), (#"{"name":"a","na\u006de":"b"}"#, 400),
            (#"{"request_type_url":"a"}"#, 422), (#"{"requestTypeUrl":"a"}"#, 400),
        ]
    )
    func theBodyIsWhatTheDocumentSays(bad: String, status: Int) throws {
        var request = try request(nil, bad)
        let error = #expect(throws: RESTError.self) {
            try request.body(Google_Protobuf_Method.self, numbers: ["requestTypeUrl"])
        }
        #expect(error?.status == status, "\(bad)")
    }
}
