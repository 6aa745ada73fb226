import Config
import RPC

extension RPCChannelConfiguration {
    /// The limits that the settings give.
    /// - Throws: `StartError` for those that do not go together.
    init(_ settings: SettingsSnapshot) throws(StartError) {
        self.init()
        maximumCalls = settings.int("host.rpc.channel.calls")
        connectTimeout = settings.duration("host.rpc.channel.connectTimeout")
        resolutionPeriod = settings.duration("host.rpc.channel.resolutionPeriod")
        limits.calls = settings.int("host.rpc.channel.endpoint.calls")
        limits.connections = settings.int("host.rpc.channel.endpoint.connections")
        idleConnections = settings.duration("host.rpc.channel.endpoint.idle")
        retries.mostAttempts = settings.int("host.rpc.channel.retry.attempts")
        retries.firstDelay = settings.duration("host.rpc.channel.retry.delay")
        retries.share = settings.double("host.rpc.channel.retry.share")
        retries.perSecond = settings.int("host.rpc.channel.retry.perSecond")
        isHedging = settings.bool("host.rpc.channel.hedging")
        outliers.sweep = settings.duration("host.rpc.channel.ejection.sweep")
        outliers.failuresInARow = settings.int("host.rpc.channel.ejection.failures")
        outliers.leastAnswers = settings.int("host.rpc.channel.ejection.answers")
        outliers.goodShare = settings.double("host.rpc.channel.ejection.goodShare")
        outliers.margin = settings.double("host.rpc.channel.ejection.margin")
        outliers.mostEjected = settings.double("host.rpc.channel.ejection.share")
        outliers.probePatience = settings.duration("host.rpc.channel.ejection.probe")
        outliers.firstEjection = settings.duration("host.rpc.channel.ejection.first")
        outliers.longestEjection = settings.duration("host.rpc.channel.ejection.longest")
        guard outliers.firstEjection <= outliers.longestEjection else {
            let named = ["first", "longest"].map { part in
                let key = "host.rpc.channel.ejection.\(part)"
                return "\(key)=\(settings.duration(key)) (\(settings.origin(of: key)))"
            }
            throw StartError(.configuration, "\(named[0]) is longer than \(named[1]): shorten it, or raise the other")
        }
    }
}
