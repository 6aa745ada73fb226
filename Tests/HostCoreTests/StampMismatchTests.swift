import Plugin
import Testing

@testable import HostCore

/// The policy is a table: the same major, a minor not above the host's, and everything else equal.
@Suite struct StampMismatchTests {
    private func stamp(_ change: (inout StampBytes) -> Void) throws -> PluginStamp {
        var bytes = try StampBytes()
        change(&bytes)
        return try #require(PluginStamp(bytes: bytes.bytes))
    }

    @Test(
        arguments: [
            (host: (2, 3), plugin: (2, 3), fits: true), (host: (2, 3), plugin: (2, 0), fits: true),
            (host: (2, 3), plugin: (2, 4), fits: false), (host: (2, 3), plugin: (1, 3), fits: false),
            (host: (2, 3), plugin: (3, 0), fits: false), (host: (0, 0), plugin: (0, 0), fits: true),
        ] as [(host: (UInt32, UInt32), plugin: (UInt32, UInt32), fits: Bool)]
    )
    func versions(host: (UInt32, UInt32), plugin: (UInt32, UInt32), fits: Bool) throws {
        let host = try self.stamp {
            $0.set(.abiMajor, host.0)
            $0.set(.abiMinor, host.1)
        }
        let found = try self.stamp {
            $0.set(.abiMajor, plugin.0)
            $0.set(.abiMinor, plugin.1)
        }
        #expect((StampMismatch(found, host: host, kind: "service", name: "web") == nil) == fits)
    }

    @Test func ofAnotherFormNothingElseIsRead() throws {
        let host = try self.stamp { _ in }
        let found = try self.stamp {
            $0.set(.structVersion, 2)
            $0.set(.compiler, "1.0")
        }
        let mismatch = StampMismatch(found, host: host, kind: "service", name: "web")
        #expect(mismatch?.fields.map(\.name) == ["stamp version"])
    }

    @Test func textOfAStrangerIsMadeHarmless() throws {
        let found = try self.stamp { $0.set(.compiler, "6\u{1B}[31m\n") }
        #expect(found.compiler == "6?[31m?")
    }
}
