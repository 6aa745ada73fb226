import Glibc
import RPC
import Reactor

// Calls the server of grpc.testing.TestService that the first argument names as gRPC's interoperability cases ask, all of
// them or those that follow, and prints a line for each: "ok NAME" or "FAILED NAME: why". `--list` prints the names; `--ask` reads targets from its input and tells what each answers.

let arguments = CommandLine.arguments.dropFirst()
if arguments == ["--list"] {
    for each in InteropCase.all where !each.isNegative { print(each.name) }
    exit(0)
}
if arguments == ["--ask"] {
    let group = try EventLoopGroup()
    while let line = readLine(), let target = RPCTarget(line), let ask = InteropCase.all.last {
        let end = InteropEnd(target, group)
        print(try await group.next().run { await ask.run(end) })
        fflush(nil)
        end.close()
    }
    exit(0)
}
guard let text = arguments.first, let target = RPCTarget(text) else {
    print("usage: InteropClient --list | TARGET [CASE…]")
    exit(64)
}
let wanted = arguments.dropFirst()
let cases = InteropCase.all.filter { wanted.isEmpty ? !$0.isNegative : wanted.contains($0.name) }
guard wanted.isEmpty || cases.count == wanted.count else {
    print("no such case among \(wanted.joined(separator: " "))")
    exit(64)
}
let group = try EventLoopGroup()
let end = InteropEnd(target, group)
for each in cases {
    print(try await group.next().run { await each.run(end) })
    fflush(nil)
}
exit(0)
