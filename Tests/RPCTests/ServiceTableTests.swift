import SwiftProtobuf
import Testing

@testable import RPC

@Suite struct ServiceTableTests {
    @Test func findsByBytes() throws {
        let table = try RPCServiceTable([EchoFixture()])
        #expect(find(table, "/test.Echo/One")?.method === EchoFixture.one.method)
        #expect(find(table, "/test.Echo/Chat")?.method.kind == .bidirectional)
        for path in ["", "/", "/test.Echo/one", "/test.Echo/One/", "test.Echo/One", "/test.Echo/On"] {
            #expect(find(table, path) == nil)
        }
        #expect(table.serves("test.Echo"))
        #expect(!table.serves("test"))
    }

    @Test func manyMethodsShareATable() throws {
        let table = try RPCServiceTable([ManyMethods(count: 500)])
        for index in 0..<500 {
            #expect(find(table, "/test.Many/M\(index)")?.method.index == index)
        }
        #expect(find(table, "/test.Many/M500") == nil)
    }

    @Test func duplicatesAndGapsAreRefused() {
        #expect(throws: RPCTableError(.duplicateService, subject: "test.Echo")) {
            try RPCServiceTable([EchoFixture(), EchoFixture()])
        }
        #expect(throws: RPCTableError(.missingHandler, subject: "test.Many")) {
            try RPCServiceTable([ManyMethods(count: 499)])
        }
        #expect(throws: RPCTableError(.duplicateMethod, subject: "/test.Many/M0")) {
            try RPCServiceTable([ManyMethods(count: 500, twice: true)])
        }
    }

    @Test func theWireSideDecodesAndEncodes() async throws {
        let table = try RPCServiceTable([EchoFixture()])
        let handler = try #require(find(table, "/test.Echo/One"))
        let bytes: [UInt8] = try Text("hello").serializedBytes()
        #expect(try await handler.invokeUnary(bytes, .root()) == bytes)
        await #expect(throws: RPCError(.internalError, "malformed message")) {
            try await handler.invokeUnary([0x0a, 0xff], .root())
        }
        for (method, input, output) in [
            ("One", ["a"], ["a"]), ("Collect", ["a", "b"], ["a,b"]), ("Expand", ["a,b"], ["a", "b"]),
            ("Chat", ["a", "b"], ["re: a", "re: b"]),
        ] {
            let sink = LocalPipe<[UInt8]>()
            let source = LocalPipe<[UInt8]>()
            for text in input { try await source.send(Text(text).serializedBytes()) }
            source.finish()
            let handler = try #require(find(table, "/test.Echo/\(method)"))
            try await handler.invokeStreaming(PipeSource(pipe: source), PipeSink(pipe: sink), .root())
            sink.finish()
            var received: [String] = []
            while let bytes = try await sink.next() { received.append(try Text(serializedBytes: bytes).value) }
            #expect(received == output)
        }
    }

    @Test func aMethodThatTakesOneMessageTakesOne() async throws {
        let handler = try #require(find(try RPCServiceTable([EchoFixture()]), "/test.Echo/Expand"))
        for count in [0, 2] {
            let source = LocalPipe<[UInt8]>()
            for _ in 0..<count { try await source.send([]) }
            source.finish()
            let error = await #expect(throws: RPCError.self) {
                try await handler.invokeStreaming(PipeSource(pipe: source), PipeSink(pipe: LocalPipe()), .root())
            }
            #expect(error?.code == .unimplemented)
        }
    }

    private func find(_ table: RPCServiceTable, _ path: String) -> MethodHandler? {
        Array(path.utf8).withUnsafeBytes { table.handler(at: $0) }
    }
}

private struct ManyMethods: RPCService {
    static let serviceDescriptor = ServiceDescriptor(
        name: "test.Many",
        methodCount: 500,
        file: FileDescriptorBytes(name: "many.proto", base64: "")
    )
    let count: Int
    var twice = false

    func register(in routes: inout RPCRoutes) {
        for index in 0..<count { add(index, &routes) }
        if twice { add(0, &routes) }
    }

    private func add(_ index: Int, _ routes: inout RPCRoutes) {
        let method = RPCMethod(service: "test.Many", name: "M\(index)", index: index, kind: .unary, idempotent: false)
        routes.unary(MethodDescriptor<Text, Text>(method)) { request, _ in request }
    }
}

struct PipeSource: MessageSource {
    let pipe: LocalPipe<[UInt8]>

    func next() async throws -> [UInt8]? { try await pipe.next() }
}

struct PipeSink: RequestSink {
    let pipe: LocalPipe<[UInt8]>

    func send(_ message: [UInt8]) async throws { try await pipe.send(message) }
    func finish() async throws { pipe.finish() }
}
