package main

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc/stats"
)

// sizes says of the message that a call received last whether it was compressed: grpc-go tells no more than how long it
// was on the wire, which for zeros is enough.
type sizes struct{}

type sizesKey struct{}

type lastMessage struct{ compressed int32 }

func withLastMessage(ctx context.Context) (context.Context, *lastMessage) {
	last := new(lastMessage)
	return context.WithValue(ctx, sizesKey{}, last), last
}

func wasCompressed(ctx context.Context) bool {
	last, _ := ctx.Value(sizesKey{}).(*lastMessage)
	return last != nil && atomic.LoadInt32(&last.compressed) == 1
}

func (sizes) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	if ctx.Value(sizesKey{}) != nil {
		return ctx
	}
	tagged, _ := withLastMessage(ctx)
	return tagged
}

func (sizes) HandleRPC(ctx context.Context, event stats.RPCStats) {
	payload, ok := event.(*stats.InPayload)
	if !ok {
		return
	}
	if last, ok := ctx.Value(sizesKey{}).(*lastMessage); ok {
		var compressed int32
		if payload.WireLength < payload.Length/2 {
			compressed = 1
		}
		atomic.StoreInt32(&last.compressed, compressed)
	}
}

func (sizes) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (sizes) HandleConn(context.Context, stats.ConnStats)                       {}
