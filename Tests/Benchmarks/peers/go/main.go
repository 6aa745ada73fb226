// The peer that grpc-go (Debian golang-google-grpc-dev) is: a method that answers what it was sent, and one that says it
// often. ECHO_TLS_CERTIFICATE and ECHO_TLS_KEY are PEM files to speak TLS with. The message is declared by hand, so that no generator is needed; golang/protobuf encodes it like a generated one.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
	"strconv"

	"github.com/golang/protobuf/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// EchoMessage stands for both messages of the methods: field 1, length-delimited, and field 2, how often it is said.
type EchoMessage struct {
	Text  string `protobuf:"bytes,1,opt,name=text,proto3" json:"text,omitempty"`
	Count int32  `protobuf:"varint,2,opt,name=count,proto3" json:"count,omitempty"`
}

func (m *EchoMessage) Reset()         { *m = EchoMessage{} }
func (m *EchoMessage) String() string { return proto.CompactTextString(m) }
func (*EchoMessage) ProtoMessage()    {}

type echoServer interface {
	Unary(context.Context, *EchoMessage) (*EchoMessage, error)
}

type server struct{}

func (server) Unary(_ context.Context, request *EchoMessage) (*EchoMessage, error) {
	return &EchoMessage{Text: request.Text}, nil
}

func handler(
	service interface{}, ctx context.Context, decode func(interface{}) error, interceptor grpc.UnaryServerInterceptor,
) (interface{}, error) {
	request := new(EchoMessage)
	if err := decode(request); err != nil {
		return nil, err
	}
	return service.(echoServer).Unary(ctx, request)
}

func expand(_ interface{}, stream grpc.ServerStream) error {
	request := new(EchoMessage)
	if err := stream.RecvMsg(request); err != nil {
		return err
	}
	for said := int32(0); said < request.Count; said++ {
		if err := stream.SendMsg(&EchoMessage{Text: request.Text}); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if len(os.Args) > 1 {
		if procs, err := strconv.Atoi(os.Args[1]); err == nil {
			runtime.GOMAXPROCS(procs)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	var options []grpc.ServerOption
	if certificate := os.Getenv("ECHO_TLS_CERTIFICATE"); certificate != "" {
		tls, err := credentials.NewServerTLSFromFile(certificate, os.Getenv("ECHO_TLS_KEY"))
		if err != nil {
			log.Fatal(err)
		}
		options = append(options, grpc.Creds(tls))
	}
	s := grpc.NewServer(options...)
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "lonja.test.v1.Echo",
		HandlerType: (*echoServer)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Unary", Handler: handler}},
		Streams:     []grpc.StreamDesc{{StreamName: "Expand", Handler: expand, ServerStreams: true}},
	}, server{})
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(s.Serve(listener))
}
