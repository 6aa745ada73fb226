import Observe
import RPC
import Testing

@testable import AuthService

/// Two replicas on one real store for three days, in steps of half a minute: no valid token is ever refused, by either of
/// them or by somebody who keeps the public keys for as long as is allowed.
@Suite struct RotationTests {
    private struct Issued {
        var token: String
        var time: WallTime
        var signer: Int
    }

    @Test(.timeLimit(.minutes(5)))
    func threeDays() async throws {
        try await Store.run { store in
            let clock = TestClock()
            // Their clocks differ by as much as is allowed.
            let rings = [
                SessionKeyFixture.ring(store, clock, ahead: .seconds(15)),
                SessionKeyFixture.ring(store, clock, ahead: .seconds(-15)),
            ]
            var outstanding: [Issued] = []
            var kept = ""
            var keptUntil = clock.now
            var kids: Set<String> = []
            var verified = 0
            let steps = 3 * 2880 + 240
            for step in 0..<steps {
                // Each looks once a minute, in turn.
                try await rings[step % 2].turn()
                for signer in 0..<2 {
                    outstanding.append(Issued(token: try await rings[signer].token(), time: clock.now, signer: signer))
                }
                // Every token is verified by the other one when it is new, and by its signer just before it ends: by then
                // for the first time there, so that no memory helps.
                for issued in outstanding.suffix(2) {
                    _ = try await rings[1 - issued.signer].check(issued.token)
                    let kid = try #require(try CompactJWS(issued.token, maximumBytes: 2048).header["kid"]?.string)
                    kids.insert(kid)
                    #expect(kept.isEmpty || kept.contains(kid), "step \(step): \(kid) is not among the kept keys")
                    verified += 1
                }
                if keptUntil <= clock.now {
                    // A reader that asks whichever replica.
                    kept = try await rings[step / 2 % 2].jwks()
                    keptUntil = clock.now.advanced(by: .seconds(300))
                }
                while let oldest = outstanding.first, oldest.time.duration(to: clock.now) >= .seconds(299) {
                    _ = try await rings[oldest.signer].check(oldest.token)
                    verified += 1
                    outstanding.removeFirst()
                }
                clock.advance(.seconds(30))
            }
            #expect(kids.count == 4, "the first key and three rotations")
            #expect(verified > 30_000)
            let last = try await rings[0].jwks()
            #expect(last.split(separator: "kid").count == 2, "what is over is gone")
        }
    }
}
