import Testing

/// Everything that needs a server or measures, one test after the other: they share two cores.
@Suite(.serialized)
struct IntegrationTests {}
