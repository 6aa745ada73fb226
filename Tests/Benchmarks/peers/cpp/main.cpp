// The peer that gRPC C++ (Debian libgrpc++-dev) is: the callback API, one unary method that answers what it was sent.
#include <cstdio>
#include <memory>

#include <grpcpp/grpcpp.h>

#include "bench.grpc.pb.h"

using lonja::test::v1::EchoMessage;

class EchoService final : public lonja::test::v1::Echo::CallbackService {
    grpc::ServerUnaryReactor *Unary(
        grpc::CallbackServerContext *context, const EchoMessage *request, EchoMessage *response
    ) override {
        response->set_text(request->text());
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }
};

int main() {
    EchoService service;
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 1000);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) { return 1; }
    std::printf("%d\n", port);
    std::fflush(stdout);
    server->Wait();
}
