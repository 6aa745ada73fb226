import Contracts
import RPC
import Reactor
import Testing

extension ChannelTests {
    /// What a server says of trying again (`grpc-retry-pushback-ms`), as our client obeys it over the wire.
    @Suite
    struct Pushback {
        /// One call to a replica that fails so many times: when its attempts came, in milliseconds since the first, what came
        /// of it, and how long it took.
        private func attempts(
            _ pushback: RetryPushback?,
            failures: Int = .max,
            timeout: Duration = .seconds(10)
        ) async throws -> (gaps: [Int64], error: RPCError?, total: Duration) {
            var found: (gaps: [Int64], error: RPCError?, total: Duration) = ([], nil, .zero)
            try await Cluster.run(1, loops: 1) { cluster in
                let backend = cluster.backends[0]
                backend.pushBack(pushback)
                let channel = try cluster.channel()
                // So that connecting is not in what is measured.
                #expect(try await cluster.load(channel, workers: 1, calls: 1).errors.isEmpty)
                backend.forget()
                backend.behave { _ in
                    if backend.calls <= failures { throw RPCError(.unavailable, "full") }
                }
                let begun = MonotonicTime.now()
                let result = try await cluster.load(channel, workers: 1, calls: 1, timeout: timeout)
                found.total = begun.duration(to: .now())
                found.error = result.errors.first
                let times = backend.times
                found.gaps = zip(times, times.dropFirst()).map { $0.duration(to: $1).wholeNanoseconds / 1_000_000 }
            }
            return found
        }

        @Test func aClientWaitsAsLongAsItIsTold() async throws {
            let (gaps, error, _) = try await attempts(.after(.milliseconds(400)), failures: 2)
            #expect(error == nil)
            #expect(gaps.count == 2 && gaps.allSatisfy { $0 >= 399 }, "\(gaps)")
        }

        @Test func withoutAWordItIsItsOwnBackOff() async throws {
            let (gaps, error, _) = try await attempts(nil, failures: 2)
            #expect(error == nil)
            // 20 ms and 40 ms, each half as long again at the most.
            #expect(gaps.count == 2 && gaps.allSatisfy { $0 < 399 }, "\(gaps)")
        }

        @Test func zeroIsAtOnce() async throws {
            let (gaps, error, _) = try await attempts(.after(.zero), failures: 2)
            #expect(error == nil)
            #expect(gaps.count == 2 && gaps.allSatisfy { $0 < 399 }, "\(gaps)")
        }

        @Test func neverIsNever() async throws {
            let (gaps, error, _) = try await attempts(.never)
            #expect(error?.code == .unavailable && error?.message == "full")
            #expect(gaps.isEmpty, "\(gaps)")
        }

        @Test func threeAttemptsAreAllThereAre() async throws {
            let (gaps, error, _) = try await attempts(.after(.milliseconds(20)))
            #expect(error?.code == .unavailable)
            #expect(gaps.count == 2 && gaps.allSatisfy { $0 >= 19 }, "\(gaps)")
        }

        @Test func whatIsPastTheDeadlineIsNotWaitedFor() async throws {
            let (gaps, error, total) = try await attempts(.after(.seconds(20)), timeout: .seconds(5))
            #expect(error?.code == .unavailable && error?.message == "full")
            #expect(gaps.isEmpty, "\(gaps)")
            #expect(total < .seconds(4))
        }
    }
}
