import Testing

/// What takes much memory, or measures it: one after the other.
@Suite(.serialized) enum Heavy {}
