package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/golang/protobuf/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const (
	initialEcho  = "x-grpc-test-echo-initial"
	trailingEcho = "x-grpc-test-echo-trailing-bin"
)

type service struct {
	UnimplementedTestServiceServer
	load *load
}

// load is what the server says of its load.
type load struct {
	sync.Mutex
	report *OrcaLoadReport
}

func (l *load) become(report *OrcaLoadReport) {
	l.Lock()
	defer l.Unlock()
	l.report = report
}

func (l *load) now() *OrcaLoadReport {
	l.Lock()
	defer l.Unlock()
	return l.report
}

func loadReport(asked *TestOrcaReport) *OrcaLoadReport {
	return &OrcaLoadReport{
		CpuUtilization: asked.CpuUtilization, MemUtilization: asked.MemoryUtilization,
		RequestCost: asked.RequestCost, Utilization: asked.Utilization,
	}
}

// StreamCoreMetrics tells the load at intervals, for as long as somebody listens.
func (l *load) StreamCoreMetrics(request *OrcaLoadReportRequest, stream OpenRcaService_StreamCoreMetricsServer) error {
	interval := time.Duration(request.GetReportInterval().GetSeconds()) * time.Second
	if interval < time.Second {
		interval = time.Second
	}
	for {
		if err := stream.Send(l.now()); err != nil {
			return err
		}
		select {
		case <-stream.Context().Done():
			return stream.Context().Err()
		case <-time.After(interval):
		}
	}
}

func serve() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.StatsHandler(sizes{}), grpc.MaxConcurrentStreams(100))
	load := &load{report: new(OrcaLoadReport)}
	RegisterTestServiceServer(server, &service{load: load})
	RegisterOpenRcaServiceServer(server, load)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(server.Serve(listener))
}

func zeros(size int32) *Payload { return &Payload{Body: make([]byte, size)} }

func echo(ctx context.Context) error {
	sent, _ := metadata.FromIncomingContext(ctx)
	if values := sent.Get(initialEcho); len(values) > 0 {
		if err := grpc.SendHeader(ctx, metadata.Pairs(initialEcho, values[0])); err != nil {
			return err
		}
	}
	if values := sent.Get(trailingEcho); len(values) > 0 {
		return grpc.SetTrailer(ctx, metadata.Pairs(trailingEcho, values[0]))
	}
	return nil
}

func check(ctx context.Context, expected *BoolValue) error {
	if expected != nil && expected.Value != wasCompressed(ctx) {
		return status.Error(codes.InvalidArgument, "the request came in the other form")
	}
	return nil
}

func asked(wanted *EchoStatus) error {
	if wanted == nil || wanted.Code == 0 {
		return nil
	}
	return status.Error(codes.Code(wanted.Code), wanted.Message)
}

func (service) EmptyCall(ctx context.Context, _ *Empty) (*Empty, error) { return new(Empty), echo(ctx) }

func (service) UnaryCall(ctx context.Context, request *SimpleRequest) (*SimpleResponse, error) {
	if err := echo(ctx); err != nil {
		return nil, err
	}
	if err := check(ctx, request.ExpectCompressed); err != nil {
		return nil, err
	}
	if report := request.OrcaPerQueryReport; report != nil {
		bytes, err := proto.Marshal(loadReport(report))
		if err != nil {
			return nil, err
		}
		if err := grpc.SetTrailer(ctx, metadata.Pairs("endpoint-load-metrics-bin", string(bytes))); err != nil {
			return nil, err
		}
	}
	if err := asked(request.ResponseStatus); err != nil {
		return nil, err
	}
	response := &SimpleResponse{Payload: zeros(request.ResponseSize)}
	if request.FillServerId {
		response.ServerId = "grpc-go"
	}
	return response, nil
}

func answer(request *StreamingOutputCallRequest, send func(*StreamingOutputCallResponse) error) error {
	if err := asked(request.ResponseStatus); err != nil {
		return err
	}
	for _, each := range request.ResponseParameters {
		time.Sleep(time.Duration(each.IntervalUs) * time.Microsecond)
		if err := send(&StreamingOutputCallResponse{Payload: zeros(each.Size)}); err != nil {
			return err
		}
	}
	return nil
}

func (service) StreamingOutputCall(request *StreamingOutputCallRequest, stream TestService_StreamingOutputCallServer) error {
	if err := echo(stream.Context()); err != nil {
		return err
	}
	return answer(request, stream.Send)
}

func (service) StreamingInputCall(stream TestService_StreamingInputCallServer) error {
	sum := 0
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(&StreamingInputCallResponse{AggregatedPayloadSize: int32(sum)})
		}
		if err != nil {
			return err
		}
		if err := check(stream.Context(), request.ExpectCompressed); err != nil {
			return err
		}
		sum += len(request.GetPayload().GetBody())
	}
}

func (s service) FullDuplexCall(stream TestService_FullDuplexCallServer) error {
	if err := echo(stream.Context()); err != nil {
		return err
	}
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if report := request.OrcaOobReport; report != nil {
			s.load.become(loadReport(report))
		}
		if err := answer(request, stream.Send); err != nil {
			return err
		}
	}
}

func (service) HalfDuplexCall(stream TestService_HalfDuplexCallServer) error {
	var all []*StreamingOutputCallRequest
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		all = append(all, request)
	}
	for _, request := range all {
		if err := answer(request, stream.Send); err != nil {
			return err
		}
	}
	return nil
}
