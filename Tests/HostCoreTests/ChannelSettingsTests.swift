import Config
import RPC
import Testing

@testable import HostCore

@Suite("Limits of channels as settings") struct ChannelSettingsTests {
    private static func read(_ values: [String: String]) throws -> RPCChannelConfiguration {
        let variables = values.map { ("LONJA_HOST_RPC_CHANNEL_\($0.key)", $0.value) }
        let environment = Dictionary(uniqueKeysWithValues: variables)
        return try RPCChannelConfiguration(Settings(declared: HostSettings.own, environment: environment).snapshot)
    }

    /// All of them, by what changes.
    private static func all(_ configuration: RPCChannelConfiguration) -> [String: String] {
        let (limits, retries, outliers) = (configuration.limits, configuration.retries, configuration.outliers)
        return [
            "CALLS": "\(configuration.maximumCalls)", "CONNECT_TIMEOUT": "\(configuration.connectTimeout)",
            "RESOLUTION_PERIOD": "\(configuration.resolutionPeriod)", "ENDPOINT_CALLS": "\(limits.calls)",
            "ENDPOINT_CONNECTIONS": "\(limits.connections)", "ENDPOINT_IDLE": "\(configuration.idleConnections)",
            "RETRY_ATTEMPTS": "\(retries.mostAttempts)", "RETRY_DELAY": "\(retries.firstDelay)",
            "RETRY_SHARE": "\(retries.share)", "RETRY_PER_SECOND": "\(retries.perSecond)",
            "HEDGING": "\(configuration.isHedging)", "EJECTION_SWEEP": "\(outliers.sweep)",
            "EJECTION_FAILURES": "\(outliers.failuresInARow)", "EJECTION_ANSWERS": "\(outliers.leastAnswers)",
            "EJECTION_GOOD_SHARE": "\(outliers.goodShare)", "EJECTION_MARGIN": "\(outliers.margin)",
            "EJECTION_FIRST": "\(outliers.firstEjection)", "EJECTION_LONGEST": "\(outliers.longestEjection)",
            "EJECTION_SHARE": "\(outliers.mostEjected)", "EJECTION_PROBE": "\(outliers.probePatience)",
        ]
    }

    @Test("Without any, the limits are those of a channel that nobody configures") func defaults() throws {
        let read = try Self.read([:])
        #expect(Self.all(read) == Self.all(RPCChannelConfiguration()))
        #expect(Self.all(read).count == ChannelSettings.own.count)
    }

    @Test("Each of them changes its own limit and nothing else") func each() throws {
        let values: [String: (set: String, shown: String)] = [
            "CALLS": ("7", "7"), "CONNECT_TIMEOUT": ("250ms", "0.25 seconds"),
            "RESOLUTION_PERIOD": ("3s", "3.0 seconds"),
            "ENDPOINT_CALLS": ("8", "8"), "ENDPOINT_CONNECTIONS": ("2", "2"), "ENDPOINT_IDLE": ("4s", "4.0 seconds"),
            "RETRY_ATTEMPTS": ("1", "1"), "RETRY_DELAY": ("5ms", "0.005 seconds"), "RETRY_SHARE": ("0.1", "0.1"),
            "RETRY_PER_SECOND": ("0", "0"), "HEDGING": ("false", "false"), "EJECTION_SWEEP": ("6s", "6.0 seconds"),
            "EJECTION_FAILURES": ("9", "9"), "EJECTION_ANSWERS": ("11", "11"), "EJECTION_GOOD_SHARE": ("0.7", "0.7"),
            "EJECTION_MARGIN": ("0.3", "0.3"), "EJECTION_FIRST": ("12s", "12.0 seconds"),
            "EJECTION_LONGEST": ("31s", "31.0 seconds"), "EJECTION_SHARE": ("0", "0.0"),
            "EJECTION_PROBE": ("13s", "13.0 seconds"),
        ]
        #expect(values.count == ChannelSettings.own.count)
        for (name, value) in values {
            var expected = Self.all(RPCChannelConfiguration())
            expected[name] = value.shown
            let read = try Self.all(Self.read([name: value.set]))
            #expect(read == expected, "\(name)")
        }
    }

    @Test(
        "What would leave nobody to call, or is no number, is refused",
        arguments: [
            ("EJECTION_SHARE", "1"), ("CALLS", "0"), ("ENDPOINT_CONNECTIONS", "0"), ("ENDPOINT_CALLS", "0"),
            ("RETRY_ATTEMPTS", "0"), ("RETRY_ATTEMPTS", "6"), ("RETRY_SHARE", "1.1"), ("RETRY_PER_SECOND", "-1"),
            ("EJECTION_ANSWERS", "0"), ("EJECTION_SWEEP", "0s"), ("CONNECT_TIMEOUT", "0s"), ("HEDGING", "often"),
        ]
    )
    func refused(name: String, value: String) {
        #expect(throws: ConfigurationError.self) { try Self.read([name: value]) }
    }

    @Test("The first ejection is not longer than the longest") func ejections() {
        let error = #expect(throws: StartError.self) {
            try Self.read(["EJECTION_FIRST": "40s", "EJECTION_LONGEST": "30s"])
        }
        #expect(error?.exitCode == .configuration)
        let text = "\(error?.description ?? "")"
        #expect(text.contains("host.rpc.channel.ejection.first=40.0 seconds"), "\(text)")
        #expect(text.contains("host.rpc.channel.ejection.longest=30.0 seconds"), "\(text)")
    }
}
