import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Glibc
import NIOCore
import NIOPosix

// The peer that grpc-swift-2 is. The argument is how many event loops it has, one per core where there is none; it prints
// its port. ECHO_TLS_CERTIFICATE and ECHO_TLS_KEY are PEM files to speak TLS with.

func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

let loops = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? System.coreCount
let security: HTTP2ServerTransport.Posix.TransportSecurity =
    if let certificate = variable("ECHO_TLS_CERTIFICATE"), let key = variable("ECHO_TLS_KEY") {
        .tls(
            certificateChain: [.file(path: certificate, format: .pem)],
            privateKey: .file(path: key, format: .pem)
        )
    } else {
        .plaintext
    }
let transport = HTTP2ServerTransport.Posix(
    address: .ipv4(host: "127.0.0.1", port: 0),
    transportSecurity: security,
    eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: loops)
)
let server = GRPCServer(transport: transport, services: [EchoService()])
try await withThrowingDiscardingTaskGroup { group in
    group.addTask { try await server.serve() }
    guard let port = try await transport.listeningAddress.ipv4?.port else { exit(70) }
    print(port)
    fflush(nil)
}
