@testable import RPC

/// `grpc-timeout`: read exactly where it is one to eight digits and a unit; written, it is never shorter than it was.
func fuzzTimeout(_ input: [UInt8]) {
    let digits = input.dropLast()
    let isTimeout =
        (1...8).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
        && Array("HMSmun".utf8).contains(input[input.count - 1])
    guard let duration = GRPCTimeout.decode(input) else { return same(isTimeout, false, "a timeout is read") }
    hold(isTimeout, "nothing else is read")
    hold(duration >= .zero, "no time is negative")
    let encoded = GRPCTimeout.encode(duration)
    hold(encoded.utf8.count <= 9, "at most eight digits and a unit")
    guard let again = GRPCTimeout.decode(Array(encoded.utf8)) else { fatalError("\(encoded) is not read") }
    hold(again >= duration, "the server does not give up before the client: \(duration), \(again)")
    if duration >= .nanoseconds(1) {
        hold(again <= duration + duration / 1_000_000 + .nanoseconds(1), "nor much later")
    }
}
