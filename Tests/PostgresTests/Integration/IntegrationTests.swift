import Testing

/// Everything that needs a server, one test after the other: they share two cores.
@Suite(.serialized)
struct IntegrationTests {}
