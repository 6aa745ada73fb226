import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The plug-in of protoc: for each file with services its stubs and, where methods have an `http` option, its routes.
@main
struct Generator: CodeGenerator {
    var supportedFeatures: [Google_Protobuf_Compiler_CodeGeneratorResponse.Feature] { [.proto3Optional] }
    var customOptionExtensions: [any AnyMessageExtension] { [LonjaOptionsExtensions_http] }

    func generate(
        files: [FileDescriptor],
        parameter: any CodeGeneratorParameter,
        protoCompilerContext: any ProtoCompilerContext,
        generatorOutputs: any GeneratorOutputs
    ) throws {
        for file in files where !file.services.isEmpty {
            let base = file.name.dropLast(".proto".count).replacing("/", with: "_")
            let stubs = try ServiceSource(file).text()
            try generatorOutputs.add(fileName: "\(base).rpc.swift", contents: stubs)
            if let routes = RouteSource(file).text() {
                try generatorOutputs.add(fileName: "\(base).rest.swift", contents: routes)
            }
        }
    }
}
