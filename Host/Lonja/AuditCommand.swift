import ArgumentParser
import Contracts
import HostCore
import RPC

/// `lonja audit`: asks wallet and profile to read their books again.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Replays the ledgers of cash and shares and compares them with balances, fills and each other.",
        discussion: """
            Works against running services, while trades go on, and changes nothing. Prints a line for each thing that
            is wrong (service, what, problem) and for each order that several attempts have not finished, separated by
            tabulators. Ends with 0 if there is none, with 70 if there is any, with 69 if a service cannot be reached.
            """
    )

    @Option(help: "gRPC address of the wallet; LONJA_ADDRESS_WALLET, or 127.0.0.1:50051, if not given.")
    var wallet: String?

    @Option(help: "gRPC address of profile; LONJA_ADDRESS_PROFILE, or 127.0.0.1:50051, if not given.")
    var profile: String?

    @Option(help: "Seconds that each service may take.")
    var timeout = 300

    func validate() throws {
        guard (1...86_400).contains(self.timeout) else { throw ValidationError("--timeout is 1 to 86400") }
    }

    func run() async throws {
        let patience = Duration.seconds(self.timeout)
        let cash = try await ServiceCall.with("profile", at: self.profile) { peer in
            try await ProfileClient(peer).auditLedger(ProfileAuditLedgerRequest(), .root(timeout: patience)).findings
        }
        let books = try await ServiceCall.with("wallet", at: self.wallet) { peer in
            try await WalletClient(peer).auditBooks(WalletAuditBooksRequest(), .root(timeout: patience))
        }
        let lines =
            cash.map { "profile\t\($0.subject)\t\($0.problem)" }
            + books.findings.map { "wallet\t\($0.subject)\t\($0.problem)" }
            + books.stuckOrders.map { "wallet\torder \($0)\tis stuck" }
        for line in lines { print(line) }
        print("\(cash.count + books.findings.count) findings, \(books.stuckOrders.count) stuck orders")
        if !lines.isEmpty { throw Command.Ending(code: .internalError) }
    }
}
