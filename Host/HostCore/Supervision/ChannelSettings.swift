import Config
import RPC

/// The keys of the channels to other processes, all of which have the same limits.
enum ChannelSettings {
    static let own: [Setting] = [
        .int(
            "host.rpc.channel.calls",
            default: 10_000,
            range: 1...1_000_000,
            "the breaker: calls in flight to a service, those that wait for a connection included; more are refused at once"
        ),
        .duration(
            "host.rpc.channel.connectTimeout",
            default: "5s",
            range: 0.1...300,
            "how long one attempt to connect to a service may take"
        ),
        .duration(
            "host.rpc.channel.resolutionPeriod",
            default: "10s",
            range: 1...3600,
            "how often the name of a service is looked up again, within a tenth"
        ),
        .int(
            "host.rpc.channel.endpoint.calls",
            default: 5000,
            range: 1...1_000_000,
            "calls in flight from one event loop to one replica of a service"
        ),
        .int(
            "host.rpc.channel.endpoint.connections",
            default: 10,
            range: 1...100,
            "connections from one event loop to one replica: more than one only where the streams of the others are full"
        ),
        .duration(
            "host.rpc.channel.endpoint.idle",
            default: "30s",
            range: 1...86400,
            "how long a connection beside the first may be without a call"
        ),
        .int(
            "host.rpc.channel.retry.attempts",
            default: 3,
            range: 1...5,
            "attempts of a call in all, where it may be made again; 1 for no further ones"
        ),
        .duration(
            "host.rpc.channel.retry.delay",
            default: "20ms",
            range: 0.001...60,
            "before the second attempt, within a half; doubled before each further one"
        ),
        .double(
            "host.rpc.channel.retry.share",
            default: 0.2,
            range: 0...1,
            "the budget: further attempts to a service, hedges included, as a share of its calls of the last ten seconds"
        ),
        .int(
            "host.rpc.channel.retry.perSecond",
            default: 10,
            range: 0...100_000,
            "further attempts to a service that the budget has for each second besides"
        ),
        .bool(
            "host.rpc.channel.hedging",
            default: true,
            "whether calls of methods that ask for it are made again while they are late"
        ),
        .duration(
            "host.rpc.channel.ejection.sweep",
            default: "10s",
            range: 0.1...3600,
            "how often the replicas of a service are compared, by what they answered since the last time"
        ),
        .int(
            "host.rpc.channel.ejection.failures",
            default: 5,
            range: 1...1_000_000,
            "failures in a row that eject a replica at any time: it gets no calls for a while"
        ),
        .int(
            "host.rpc.channel.ejection.answers",
            default: 10,
            range: 1...1_000_000,
            "answers between two sweeps that make a comparison worth while"
        ),
        .double(
            "host.rpc.channel.ejection.goodShare",
            default: 0.8,
            range: 0...1,
            "a replica with this share of good answers is not ejected by a sweep"
        ),
        .double(
            "host.rpc.channel.ejection.margin",
            default: 0.2,
            range: 0...1,
            "how much smaller its share must be than that of the others together"
        ),
        .duration(
            "host.rpc.channel.ejection.first",
            default: "30s",
            range: 0.1...86400,
            "how long the first ejection lasts; each further one is longer by as much"
        ),
        .duration(
            "host.rpc.channel.ejection.longest",
            default: "300s",
            range: 1...86400,
            "how long an ejection lasts at the most"
        ),
        .double(
            "host.rpc.channel.ejection.share",
            default: 0.5,
            range: 0...0.9,
            "the share of a service's replicas that may be ejected; 0 for none"
        ),
        .duration(
            "host.rpc.channel.ejection.probe",
            default: "10s",
            range: 0.1...3600,
            "how long the one call that tries an ejected replica may take before another one tries it too"
        ),
    ]
}
