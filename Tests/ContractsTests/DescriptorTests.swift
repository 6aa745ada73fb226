import Contracts
import RPC
import SwiftProtobuf
import Testing

/// What reflection gives out of the generated services.
@Suite struct DescriptorTests {
    private struct Auth: AuthServing {}
    private struct Echo: EchoServing {}
    private struct Market: MarketServing {}
    private struct Notification: NotificationServing {}
    private struct Profile: ProfileServing {}
    private struct Wallet: WalletServing {}

    private static let services: [any RPCService] = [
        Auth(), Echo(), Market(), Notification(), Profile(), Wallet(),
    ]
    private static var names: [String] { services.map { type(of: $0).serviceDescriptor.name } }

    @Test(arguments: names)
    func aFileComesWithAllThatItImports(name: String) throws {
        let service = try #require(
            Self.services.map { type(of: $0).serviceDescriptor }.first { $0.name == name }
        )
        var rest = [service.file]
        while let file = rest.popLast() {
            let parsed = try Google_Protobuf_FileDescriptorProto(serializedBytes: file.bytes)
            #expect(parsed.name == file.name)
            #expect(parsed.dependency == file.dependencies.map(\.name))
            rest += file.dependencies
        }
        let own = try Google_Protobuf_FileDescriptorProto(serializedBytes: service.file.bytes)
        let described = try #require(own.service.first { "\(own.package).\($0.name)" == name })
        #expect(described.method.count == service.methodCount)
    }

    @Test func theyRegisterTogether() throws {
        let table = try RPCServiceTable(Self.services)
        #expect(table.services.map(\.name) == Self.names)
    }

    @Test func idempotencyIsTheOptions() {
        #expect(MarketMethods.getQuote.method.idempotent)
        #expect(ProfileMethods.holdCash.method.idempotent)
        #expect(WalletMethods.placeOrder.method.idempotent, "by its key")
        #expect(!AuthMethods.login.method.idempotent)
    }
}
