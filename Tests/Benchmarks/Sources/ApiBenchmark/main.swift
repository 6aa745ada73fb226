import Fetch
import Glibc
import Load
import Reactor

// DayTrader's mix at a gateway that is there already:
//   ApiBenchmark http://localhost:PORT PASSWORD ADDRESSES CALLERS MILLISECONDS
// ADDRESSES are e-mail addresses with commas between them, an account for each caller. Prints "logged in" when
// every caller has a session and shares to sell, waits for a line on its input, and prints a line of JSON at the end.
// `api.py` starts the servers and makes the accounts.

let words = CommandLine.arguments.dropFirst().map { $0 }
guard words.count == 5, let callers = Int(words[3]), let milliseconds = Int64(words[4]) else {
    print("usage: ApiBenchmark ORIGIN PASSWORD ADDRESSES CALLERS MILLISECONDS")
    exit(64)
}
let emails = words[2].split(separator: ",").map(String.init)
guard emails.count >= callers else {
    print("there are fewer addresses than callers")
    exit(64)
}
var configuration = FetchClientConfiguration()
configuration.versions = .http1
configuration.connectionsPerHost = callers
configuration.connections = callers
let group = try EventLoopGroup(count: 1)
let door = FetchClient(group: group, configuration: configuration)
let tally = try await group.loops[0].run {
    var clients: [(client: Client, dice: Dice)] = []
    for (number, email) in emails.prefix(callers).enumerated() {
        // Addresses that no earlier run has used: attempts are counted by address.
        var dice = Dice(seed: UInt64(number + 1) &* MonotonicTime.now().nanoseconds)
        let bits = dice.next()
        let address = "10.\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
        let client = Client(door, base: words[0], address: address, email: email, password: words[1])
        do {
            try await client.prepare(&dice)
        } catch {
            print("\(email): \(error)")
            exit(1)
        }
        clients.append((client, dice))
    }
    print("logged in")
    fflush(nil)
    // Until the one who looks at the servers' processor time has done so.
    _ = try await group.blocking.run { readLine() }
    let end = MonotonicTime.now().advanced(by: .milliseconds(milliseconds)).nanoseconds
    let tally = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
        for each in clients {
            group.addTask {
                var dice = each.dice
                var start = MonotonicTime.now().nanoseconds
                while start < end {
                    let operation = each.client.next(&dice)
                    do {
                        try await each.client.run(operation, &dice)
                        let now = MonotonicTime.now().nanoseconds
                        if now <= end { tally.record(operation, now - start) }
                    } catch {
                        tally.failed(operation, error)
                    }
                    start = MonotonicTime.now().nanoseconds
                }
            }
        }
        try await group.waitForAll()
    }
    return tally
}
if tally.errors > 0 { _ = Array(tally.firstError.utf8).withUnsafeBytes { write(2, $0.baseAddress, $0.count) } }
print(tally.report(seconds: Double(milliseconds) / 1000))
exit(0)
