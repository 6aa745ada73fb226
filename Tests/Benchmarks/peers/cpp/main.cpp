// The peer that gRPC C++ (Debian libgrpc++-dev) is: the callback API, a method that answers what it was sent, and one that
// says it often. ECHO_TLS_CERTIFICATE and ECHO_TLS_KEY are PEM files to speak TLS with.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "bench.grpc.pb.h"

using lonja::test::v1::EchoMessage;

// Writes the same message until it has been said often enough.
class Sayings final : public grpc::ServerWriteReactor<EchoMessage> {
public:
    explicit Sayings(const EchoMessage *request) : left(request->count()) {
        message.set_text(request->text());
        next();
    }

    void OnWriteDone(bool ok) override { ok ? next() : Finish(grpc::Status::CANCELLED); }

    void OnDone() override { delete this; }

private:
    void next() {
        if (left-- > 0) {
            StartWrite(&message);
        } else {
            Finish(grpc::Status::OK);
        }
    }

    EchoMessage message;
    int left;
};

class EchoService final : public lonja::test::v1::Echo::CallbackService {
    grpc::ServerUnaryReactor *Unary(
        grpc::CallbackServerContext *context, const EchoMessage *request, EchoMessage *response
    ) override {
        response->set_text(request->text());
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }

    grpc::ServerWriteReactor<EchoMessage> *Expand(
        grpc::CallbackServerContext *context, const EchoMessage *request
    ) override {
        return new Sayings(request);
    }
};

static std::string contents(const char *path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

static std::shared_ptr<grpc::ServerCredentials> credentials() {
    const char *certificate = std::getenv("ECHO_TLS_CERTIFICATE");
    const char *key = std::getenv("ECHO_TLS_KEY");
    if (!certificate || !key) { return grpc::InsecureServerCredentials(); }
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs.push_back({contents(key), contents(certificate)});
    return grpc::SslServerCredentials(options);
}

int main() {
    EchoService service;
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", credentials(), &port);
    builder.RegisterService(&service);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 1000);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) { return 1; }
    std::printf("%d\n", port);
    std::fflush(stdout);
    server->Wait();
}
