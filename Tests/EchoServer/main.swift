import RPC
import Reactor
import SwiftProtobuf

struct SmokeService: RPCService {
    static let unary = MethodDescriptor<Google_Protobuf_StringValue, Google_Protobuf_StringValue>(
        service: "lonja.test.v1.Echo", name: "Unary", index: 0, kind: .unary, idempotent: true)
    static let serverDescriptor = 0
    static var serviceDescriptor: ServiceDescriptor {
        ServiceDescriptor(name: "lonja.test.v1.Echo", methodCount: 1, file: FileDescriptorBytes(name: "x", dependencies: [], base64: ""))
    }
    func register(in routes: inout RPCRoutes) {
        routes.unary(Self.unary) { request, _ in request }
    }
}
let group = try EventLoopGroup()
let table = try RPCServiceTable([SmokeService()])
let server = RPCServer(group: group, address: SocketAddress(parsing: "127.0.0.1:50999")!, table: table)
print(try await server.start())
while true { try await Task.sleep(for: .seconds(1000)) }
