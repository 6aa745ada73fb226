import Testing

/// All that needs a server or sockets: one after the other, as each starts processes and threads of its own.
@Suite(.serialized) enum Integration {}
