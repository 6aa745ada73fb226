// The peer that grpc-go (Debian golang-google-grpc-dev) is: one unary method that answers what it was sent.
// The message is declared by hand, so that no generator is needed; golang/protobuf encodes it like a generated one.
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
)

// EchoMessage stands for both messages of the method: field 1, length-delimited.
type EchoMessage struct {
	Text string `protobuf:"bytes,1,opt,name=text,proto3" json:"text,omitempty"`
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
	s := grpc.NewServer()
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: "lonja.test.v1.Echo",
		HandlerType: (*echoServer)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Unary", Handler: handler}},
	}, server{})
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(s.Serve(listener))
}
