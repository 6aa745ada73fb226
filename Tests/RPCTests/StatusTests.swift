import SwiftProtobuf
import Testing

@testable import RPC

@Suite struct StatusTests {
    private struct Secret: Error { let password = "hunter2" }

    @Test func codesHaveGRPCNumbersAndNames() {
        #expect(RPCError.Code.all.map(\.rawValue) == Array(0...16))
        #expect(RPCError.Code(rawValue: 5) == .notFound)
        #expect(RPCError.Code(rawValue: 13)?.description == "INTERNAL")
        #expect(RPCError.Code(rawValue: 17) == nil)
        #expect(RPCError.Code(rawValue: -1) == nil)
        #expect(RPCError.Code.unauthenticated.rawValue == 16)
    }

    @Test func nothingOfAForeignErrorGetsOut() {
        let mapped = RPCError(mapping: Secret())
        #expect(mapped == RPCError(.internalError, "internal error"))
        #expect(RPCError.hides(Secret()))
    }

    @Test func knownErrorsAreKept() {
        let error = RPCError(.aborted, "lost")
        #expect(RPCError(mapping: error) == error)
        #expect(RPCError(mapping: CancellationError()).code == .cancelled)
        #expect(RPCError(mapping: RPCError(.ok, "")).code == .unknown)
        #expect(!RPCError.hides(error))
        #expect(!RPCError.hides(CancellationError()))
    }

    @Test func detailsGoThroughGoogleRPCStatus() throws {
        let detail = try Google_Protobuf_Any(message: Google_Protobuf_StringValue("why"))
        let error = RPCError(.failedPrecondition, "ñ", details: [detail, detail])
        let bytes = try #require(error.serializedStatus())
        #expect(Array(bytes.prefix(6)) == [0x08, 9, 0x12, 2, 0xc3, 0xb1])
        var back = RPCError(.failedPrecondition, "ñ")
        back.readDetails(fromStatus: bytes)
        #expect(back.message == error.message)
        #expect(back.details.count == 2)
        #expect(back.serializedStatus() == bytes)
        #expect(try Google_Protobuf_StringValue(unpackingAny: back.details[0]).value == "why")
        #expect(RPCError(.aborted, "x").serializedStatus() == nil)
    }

    @Test func brokenDetailsAreIgnored() throws {
        let detail = try Google_Protobuf_Any(message: Google_Protobuf_StringValue("why"))
        let bytes = try #require(RPCError(.aborted, "m", details: [detail]).serializedStatus())
        for length in 0..<bytes.count {
            var error = RPCError(.aborted, "m")
            error.readDetails(fromStatus: Array(bytes.prefix(length)))
            #expect(error.details.isEmpty)
        }
        var error = RPCError(.aborted, "m")
        error.readDetails(fromStatus: [0x1a] + [UInt8](repeating: 0xff, count: 9) + [0x7f])
        #expect(error.details.isEmpty)
    }

    /// RetryInfo as others write it: a Duration of seconds, of nanoseconds, of both, or none.
    @Test(arguments: [
        ([0x0a, 2, 0x08, 3], Duration.seconds(3)), ([0x0a, 5, 0x10, 0x80, 0xc6, 0x86, 0x8f], nil),
        ([0x0a, 6, 0x10, 0x80, 0xc6, 0x86, 0x8f, 1], .milliseconds(300)),
        ([0x0a, 8, 0x08, 1, 0x10, 0x80, 0xc6, 0x86, 0x8f, 1], .milliseconds(1300)), ([0x0a, 0], .zero), ([], nil),
        ([0x0a, 2, 0x18, 3], nil), ([0x0a, 9, 0x08, 3], nil),
    ])
    func whenToTryAgain(bytes: [UInt8], expected: Duration?) {
        var detail = Google_Protobuf_Any()
        detail.typeURL = "type.googleapis.com/google.rpc.RetryInfo"
        detail.value.append(contentsOf: bytes)
        #expect(RPCError(.unavailable, "", details: [detail]).retryAfter == expected)
    }
}
