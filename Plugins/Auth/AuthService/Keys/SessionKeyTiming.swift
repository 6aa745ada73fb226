/// How long session keys and the keys they are signed with live.
struct SessionKeyTiming: Sendable {
    /// Of a session key.
    var life = Duration.seconds(300)
    /// How much clocks may differ.
    var skew = Duration.seconds(30)
    /// How long a reader of the public keys may keep them.
    var setAge = Duration.seconds(300)
    /// From one signing key to the next.
    var rotation = Duration.seconds(86_400)

    /// From a key's publication to its first signature: whoever keeps the public keys has it by then.
    var lead: Duration { setAge * 2 }
    /// From a key's last signature to its end: what it signed has expired by then, by anybody's clock.
    var rest: Duration { life + setAge * 2 + skew }
    /// After which a key that this process cannot open is taken to be nobody's.
    var abandoned: Duration { rotation * 7 }
}
