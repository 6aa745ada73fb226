package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/golang/protobuf/proto"
	"github.com/golang/protobuf/ptypes/duration"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// end is where the calls go.
type end struct {
	address    string
	connection *grpc.ClientConn
	TestServiceClient
}

func dial(address string) end {
	connection, err := grpc.Dial(
		address, grpc.WithInsecure(), grpc.WithStatsHandler(sizes{}), grpc.WithUserAgent("interop-go"),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(8<<20)), grpc.WithDisableServiceConfig(),
	)
	if err != nil {
		log.Fatal(err)
	}
	return end{address, connection, NewTestServiceClient(connection)}
}

func soon(seconds int) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
}

func call(address string, wanted []string) {
	all := dial(address)
	for _, each := range cases {
		if len(wanted) > 0 && !contains(wanted, each.name) {
			continue
		}
		if err := each.body(all); err != nil {
			fmt.Printf("FAILED %s: %s\n", each.name, strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Printf("ok %s\n", each.name)
		}
	}
	os.Exit(0)
}

func contains(names []string, name string) bool {
	for _, each := range names {
		if each == name {
			return true
		}
	}
	return false
}

func must(condition bool, format string, values ...interface{}) error {
	if condition {
		return nil
	}
	return fmt.Errorf(format, values...)
}

func first(problems ...error) error {
	for _, problem := range problems {
		if problem != nil {
			return problem
		}
	}
	return nil
}

func (e end) large(ctx context.Context, request *SimpleRequest, options ...grpc.CallOption) error {
	request.ResponseSize = 314159
	request.Payload = zeros(271828)
	response, err := e.UnaryCall(ctx, request, options...)
	if err != nil {
		return err
	}
	return must(bytes.Equal(response.GetPayload().GetBody(), make([]byte, 314159)), "other bytes came back")
}

// accepting says that answers may be compressed, which this version of grpc-go understands but does not tell.
func accepting(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "grpc-accept-encoding", "gzip")
}

func (e end) plainLarge() error {
	ctx, cancel := soon(30)
	defer cancel()
	return e.large(ctx, new(SimpleRequest))
}

func code(err error, wanted codes.Code) error {
	return must(status.Code(err) == wanted, "expected %v, found %v", wanted, err)
}

var up = []int32{27182, 8, 1828, 45904}
var down = []int32{31415, 9, 2653, 58979}

func asking(sizes ...int32) *StreamingOutputCallRequest {
	request := new(StreamingOutputCallRequest)
	for _, size := range sizes {
		request.ResponseParameters = append(request.ResponseParameters, &ResponseParameters{Size: size})
	}
	return request
}

type receiver interface {
	Recv() (*StreamingOutputCallResponse, error)
}

func sizesOf(stream receiver, wanted []int32) error {
	for _, size := range wanted {
		response, err := stream.Recv()
		if err != nil {
			return err
		}
		if err := must(len(response.GetPayload().GetBody()) == int(size), "a size other than %d", size); err != nil {
			return err
		}
	}
	_, err := stream.Recv()
	return must(err == io.EOF, "after the last came %v", err)
}

type testCase struct {
	name string
	body func(end) error
}

var cases = []testCase{
	{"empty_unary", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		response, err := e.EmptyCall(ctx, new(Empty))
		return first(err, must(err != nil || proto.Equal(response, new(Empty)), "something in an empty answer"))
	}},
	{"large_unary", func(e end) error { return e.plainLarge() }},
	{"client_streaming", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		stream, err := e.StreamingInputCall(ctx)
		if err != nil {
			return err
		}
		for _, size := range up {
			if err := stream.Send(&StreamingInputCallRequest{Payload: zeros(size)}); err != nil {
				return err
			}
		}
		response, err := stream.CloseAndRecv()
		return first(err, must(response.GetAggregatedPayloadSize() == 74922, "the sum is %v", response))
	}},
	{"server_streaming", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		stream, err := e.StreamingOutputCall(ctx, asking(down...))
		if err != nil {
			return err
		}
		return sizesOf(stream, down)
	}},
	{"ping_pong", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		stream, err := e.FullDuplexCall(ctx)
		if err != nil {
			return err
		}
		for index, size := range down {
			request := asking(size)
			request.Payload = zeros(up[index])
			if err := stream.Send(request); err != nil {
				return err
			}
			response, err := stream.Recv()
			if err := first(err, must(len(response.GetPayload().GetBody()) == int(size), "another size")); err != nil {
				return err
			}
		}
		return first(stream.CloseSend(), sizesOf(stream, nil))
	}},
	{"half_duplex", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		stream, err := e.HalfDuplexCall(ctx)
		if err != nil {
			return err
		}
		for _, size := range down {
			if err := stream.Send(asking(size)); err != nil {
				return err
			}
		}
		return first(stream.CloseSend(), sizesOf(stream, down))
	}},
	{"empty_stream", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		stream, err := e.FullDuplexCall(ctx)
		if err != nil {
			return err
		}
		return first(stream.CloseSend(), sizesOf(stream, nil))
	}},
	{"custom_metadata", func(e end) error {
		ctx, cancel := soon(20)
		defer cancel()
		ctx = metadata.AppendToOutgoingContext(ctx, initialEcho, "test_initial_metadata_value", trailingEcho, "\xab\xab\xab")
		var head, tail metadata.MD
		if err := e.large(ctx, new(SimpleRequest), grpc.Header(&head), grpc.Trailer(&tail)); err != nil {
			return err
		}
		if err := echoed(head, tail); err != nil {
			return err
		}
		stream, err := e.FullDuplexCall(ctx)
		if err != nil {
			return err
		}
		request := asking(314159)
		request.Payload = zeros(271828)
		if err := first(stream.Send(request), stream.CloseSend(), sizesOf(stream, []int32{314159})); err != nil {
			return err
		}
		head, err = stream.Header()
		return first(err, echoed(head, stream.Trailer()))
	}},
	{"pick_first_unary", func(e end) error {
		ctx, cancel := soon(20)
		defer cancel()
		servers := map[string]bool{}
		for count := 0; count < 100; count++ {
			response, err := e.UnaryCall(ctx, &SimpleRequest{FillServerId: true})
			if err != nil {
				return err
			}
			servers[response.ServerId] = true
		}
		return must(len(servers) == 1 && !servers[""], "servers: %v", servers)
	}},
	{"orca_per_rpc", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		report := &TestOrcaReport{
			CpuUtilization: 0.8210, MemoryUtilization: 0.5847,
			RequestCost: map[string]float64{"cost": 3456.32}, Utilization: map[string]float64{"util": 0.30499},
		}
		var tail metadata.MD
		if _, err := e.UnaryCall(ctx, &SimpleRequest{OrcaPerQueryReport: report}, grpc.Trailer(&tail)); err != nil {
			return err
		}
		found := new(OrcaLoadReport)
		if err := proto.Unmarshal([]byte(strings.Join(tail.Get("endpoint-load-metrics-bin"), "")), found); err != nil {
			return err
		}
		return must(proto.Equal(found, loadReport(report)), "another report: %v", found)
	}},
	{"orca_oob", func(e end) error {
		ctx, cancel := soon(20)
		defer cancel()
		// Reports come on a stream that was there before the load changes.
		interval := &OrcaLoadReportRequest{ReportInterval: &duration.Duration{Seconds: 1}}
		reports, err := NewOpenRcaServiceClient(e.connection).StreamCoreMetrics(ctx, interval)
		if err != nil {
			return err
		}
		stream, err := e.FullDuplexCall(ctx)
		if err != nil {
			return err
		}
		for _, wanted := range []*TestOrcaReport{
			{CpuUtilization: 0.8210, MemoryUtilization: 0.5847, Utilization: map[string]float64{"util": 0.30499}},
			{CpuUtilization: 0.29309, MemoryUtilization: 0.2, Utilization: map[string]float64{"util": 0.2039}},
		} {
			request := asking(1)
			request.OrcaOobReport = wanted
			if err := stream.Send(request); err != nil {
				return err
			}
			if _, err := stream.Recv(); err != nil {
				return err
			}
			var found *OrcaLoadReport
			for count := 0; count < 4 && !proto.Equal(found, loadReport(wanted)); count++ {
				if found, err = reports.Recv(); err != nil {
					return err
				}
			}
			if err := must(proto.Equal(found, loadReport(wanted)), "another load: %v", found); err != nil {
				return err
			}
		}
		return first(stream.CloseSend(), sizesOf(stream, nil))
	}},
	{"client_compressed_unary", func(e end) error {
		ctx, cancel := soon(30)
		defer cancel()
		yes, no := &BoolValue{Value: true}, &BoolValue{}
		return first(
			code(e.large(ctx, &SimpleRequest{ExpectCompressed: yes}), codes.InvalidArgument),
			e.large(ctx, &SimpleRequest{ExpectCompressed: yes}, grpc.UseCompressor(gzip.Name)),
			e.large(ctx, &SimpleRequest{ExpectCompressed: no}),
		)
	}},
	{"server_compressed_unary", func(e end) error {
		for _, wanted := range []bool{true, false} {
			ctx, cancel := soon(30)
			ctx, last := withLastMessage(accepting(ctx))
			err := e.large(ctx, &SimpleRequest{ResponseCompressed: &BoolValue{Value: wanted}})
			cancel()
			if err := first(err, must((last.compressed == 1) == wanted, "compressed: %v", !wanted)); err != nil {
				return err
			}
		}
		return nil
	}},
	{"compressed_both_ways", func(e end) error {
		ctx, cancel := soon(30)
		defer cancel()
		ctx, last := withLastMessage(accepting(ctx))
		yes := &BoolValue{Value: true}
		err := e.large(ctx, &SimpleRequest{ExpectCompressed: yes, ResponseCompressed: yes}, grpc.UseCompressor(gzip.Name))
		return first(err, must(last.compressed == 1, "the answer came plain"))
	}},
	{"client_compressed_streaming", func(e end) error {
		// grpc-go compresses all messages of a call or none: the plain one goes by a call of its own.
		ctx, cancel := soon(20)
		defer cancel()
		send := func(size int32, expected bool, options ...grpc.CallOption) (int32, error) {
			stream, err := e.StreamingInputCall(ctx, options...)
			if err != nil {
				return 0, err
			}
			request := &StreamingInputCallRequest{Payload: zeros(size), ExpectCompressed: &BoolValue{Value: expected}}
			if err := stream.Send(request); err != nil && err != io.EOF {
				return 0, err
			}
			response, err := stream.CloseAndRecv()
			return response.GetAggregatedPayloadSize(), err
		}
		_, probe := send(27182, true)
		compressed, err := send(27182, true, grpc.UseCompressor(gzip.Name))
		plain, err2 := send(45904, false)
		return first(code(probe, codes.InvalidArgument), err, err2, must(compressed+plain == 73086, "another sum"))
	}},
	{"server_compressed_streaming", func(e end) error {
		ctx, cancel := soon(20)
		defer cancel()
		ctx, last := withLastMessage(accepting(ctx))
		request := asking(31415, 92653)
		request.ResponseParameters[0].Compressed = &BoolValue{Value: true}
		request.ResponseParameters[1].Compressed = &BoolValue{}
		stream, err := e.StreamingOutputCall(ctx, request)
		if err != nil {
			return err
		}
		for index, size := range []int{31415, 92653} {
			response, err := stream.Recv()
			err = first(
				err, must(len(response.GetPayload().GetBody()) == size, "another size"),
				must((last.compressed == 1) == (index == 0), "answer %d in the other form", index),
			)
			if err != nil {
				return err
			}
		}
		return sizesOf(stream, nil)
	}},
	{"status_code_and_message", func(e end) error {
		return e.statusComesBack("test status message")
	}},
	{"special_status_message", func(e end) error {
		return e.statusComesBack("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")
	}},
	{"unimplemented_method", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		_, err := e.UnimplementedCall(ctx, new(Empty))
		return code(err, codes.Unimplemented)
	}},
	{"unimplemented_service", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		_, err := NewUnimplementedServiceClient(e.connection).UnimplementedCall(ctx, new(Empty))
		return code(err, codes.Unimplemented)
	}},
	{"cancel_after_begin", func(e end) error {
		ctx, cancel := soon(10)
		stream, err := e.StreamingInputCall(ctx)
		cancel()
		if err != nil {
			return err
		}
		_, err = stream.CloseAndRecv()
		return code(err, codes.Canceled)
	}},
	{"cancel_after_first_response", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		stream, err := e.FullDuplexCall(ctx)
		if err != nil {
			return err
		}
		request := asking(31415)
		request.Payload = zeros(27182)
		if err := stream.Send(request); err != nil {
			return err
		}
		if _, err := stream.Recv(); err != nil {
			return err
		}
		cancel()
		_, err = stream.Recv()
		return code(err, codes.Canceled)
	}},
	{"timeout_on_sleeping_server", func(e end) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		stream, err := e.FullDuplexCall(ctx)
		if err == nil {
			request := asking()
			request.Payload = zeros(27182)
			if err = stream.Send(request); err == nil || err == io.EOF {
				_, err = stream.Recv()
			}
		}
		return code(err, codes.DeadlineExceeded)
	}},
	{"rpc_soak", func(e end) error { return times(50, e.plainLarge) }},
	{"channel_soak", func(e end) error {
		return times(20, func() error {
			another := dial(e.address)
			defer another.connection.Close()
			return another.plainLarge()
		})
	}},
	{"long_lived_channel", func(e end) error {
		return times(3, func() error {
			defer time.Sleep(300 * time.Millisecond)
			return e.plainLarge()
		})
	}},
	{"concurrent_large_unary", func(e end) error { return atOnce(1000, e.plainLarge) }},
	{"thousands_time_out", func(e end) error {
		request := asking(1)
		request.ResponseParameters[0].IntervalUs = 10000000
		// On three channels: a client that resets a thousand streams at once is a flood to our server.
		return atOnce(3, func() error {
			another := dial(e.address)
			defer another.connection.Close()
			err := atOnce(800, func() error {
				ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
				defer cancel()
				stream, err := another.StreamingOutputCall(ctx, request)
				if err == nil {
					_, err = stream.Recv()
				}
				return code(err, codes.DeadlineExceeded)
			})
			return first(err, another.plainLarge())
		})
	}},
	{"more_than_max_streams", func(e end) error {
		request := asking(7)
		request.ResponseParameters[0].IntervalUs = 10000
		return atOnce(1200, func() error {
			ctx, cancel := soon(60)
			defer cancel()
			stream, err := e.StreamingOutputCall(ctx, request)
			if err != nil {
				return err
			}
			return sizesOf(stream, []int32{7})
		})
	}},
	{"pushback_at_server", func(e end) error {
		ctx, cancel := soon(30)
		defer cancel()
		wanted := make([]int32, 100)
		for index := range wanted {
			wanted[index] = 100000
		}
		stream, err := e.StreamingOutputCall(ctx, asking(wanted...))
		if err != nil {
			return err
		}
		time.Sleep(200 * time.Millisecond)
		return sizesOf(stream, wanted)
	}},
	{"large_metadata", func(e end) error {
		ctx, cancel := soon(10)
		defer cancel()
		_, err := e.EmptyCall(metadata.AppendToOutgoingContext(ctx, "x-large", strings.Repeat("X", 63<<10)), new(Empty))
		// grpc-go itself refuses to send more than the server says it takes, with INTERNAL.
		if err != nil && status.Code(err) != codes.Internal {
			err = code(err, codes.ResourceExhausted)
		} else {
			err = nil
		}
		return first(err, e.plainLarge())
	}},
}

func echoed(head, tail metadata.MD) error {
	return first(
		must(strings.Join(head.Get(initialEcho), "|") == "test_initial_metadata_value", "initial metadata: %v", head),
		must(strings.Join(tail.Get(trailingEcho), "|") == "\xab\xab\xab", "trailing metadata: %v", tail),
	)
}

func (e end) statusComesBack(message string) error {
	ctx, cancel := soon(10)
	defer cancel()
	wanted := &EchoStatus{Code: 2, Message: message}
	_, unary := e.UnaryCall(ctx, &SimpleRequest{ResponseStatus: wanted})
	stream, err := e.FullDuplexCall(ctx)
	if err != nil {
		return err
	}
	if err := first(stream.Send(&StreamingOutputCallRequest{ResponseStatus: wanted}), stream.CloseSend()); err != nil {
		return err
	}
	_, duplex := stream.Recv()
	for _, err := range []error{unary, duplex} {
		found := status.Convert(err)
		if found.Code() != codes.Unknown || found.Message() != message {
			return errors.New("another status: " + err.Error())
		}
	}
	return nil
}

func times(count int, body func() error) error {
	for ; count > 0; count-- {
		if err := body(); err != nil {
			return err
		}
	}
	return nil
}

func atOnce(count int, body func() error) error {
	var group sync.WaitGroup
	problems := make(chan error, count)
	for index := 0; index < count; index++ {
		group.Add(1)
		go func() {
			defer group.Done()
			problems <- body()
		}()
	}
	group.Wait()
	close(problems)
	for problem := range problems {
		if problem != nil {
			return problem
		}
	}
	return nil
}
