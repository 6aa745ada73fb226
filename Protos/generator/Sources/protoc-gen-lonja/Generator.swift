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
        let surface = try PublicSurface(files)
        for file in files {
            let base = file.name.dropLast(".proto".count).replacing("/", with: "_")
            if !file.services.isEmpty {
                let stubs = try ServiceSource(file).text()
                try generatorOutputs.add(fileName: "\(base).rpc.swift", contents: stubs)
            }
            if let routes = try RouteSource(file, surface).text() {
                try generatorOutputs.add(fileName: "\(base).rest.swift", contents: routes)
            }
        }
    }
}
