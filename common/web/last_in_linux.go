package web

import (
	"context"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// A listener that is closed drops the connections that the kernel has made for
// it and that it has not accepted, with what their clients have sent. So the door
// is shut before: who begins to connect is not answered any more (the client's
// kernel asks again in a second, and then is refused), and who is on the way
// comes in.
const (
	tcpFlags = 13 // where they are in a segment (RFC 9293, 3.1)
	syn, ack = 0x02, 0x10
	onTheWay = 50 * time.Millisecond // for handshakes that have begun
)

// nobodyNew is a filter that drops the first segment of every connection.
func nobodyNew() *unix.SockFprog {
	filter := [...]unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: tcpFlags},
		{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: syn | ack},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: syn, Jt: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 1<<32 - 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
	return &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
}

// lastIn lets nobody new in and returns when all who were at the door are, or
// ctx ends. Where the kernel has no such filters it does nothing.
func lastIn(ctx context.Context, listener net.Listener) {
	door, ok := listener.(*net.TCPListener)
	if !ok {
		return
	}
	raw, err := door.SyscallConn()
	if err != nil {
		return
	}
	shut := false
	raw.Control(func(fd uintptr) { //nolint:errcheck // then the listener is closed
		shut = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, nobodyNew()) == nil
	})
	wait := onTheWay
	for shut && sleep(ctx, wait) {
		raw.Control(func(fd uintptr) { shut = atTheDoor(fd) > 0 }) //nolint:errcheck // then nobody is
		wait = glance
	}
}

// atTheDoor counts the connections that wait to be accepted.
func atTheDoor(fd uintptr) uint32 {
	info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return 0
	}
	return info.Unacked // of a listening socket: tcp_get_info in Linux
}
