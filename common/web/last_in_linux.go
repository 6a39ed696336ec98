package web

import (
	"context"

	"golang.org/x/sys/unix"
)

// A listener that is closed drops the connections that the kernel has made for
// it and that it has not accepted, with what their clients have sent. So the door
// is shut before: who begins to connect is not answered any more (the client's
// kernel asks again in a second, and then is refused), and who is on the way
// comes in. On a busy machine a handshake takes more than 50 ms (seen): the door
// stays shut until nobody has come for that many looks, which are late when all
// else is.
const (
	tcpFlags = 13 // where they are in a segment (RFC 9293, 3.1)
	syn, ack = 0x02, 0x10
	looks    = 40
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
func (s *Server) lastIn(ctx context.Context) {
	raw, err := s.door.SyscallConn()
	if err != nil {
		return
	}
	shut := false
	raw.Control(func(fd uintptr) { //nolint:errcheck // then the listener is closed
		shut = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, nobodyNew()) == nil
	})
	inside := s.guests.Load()
	for quiet := 0; shut && quiet < looks && sleep(ctx, glance); quiet++ {
		waiting := false
		raw.Control(func(fd uintptr) { waiting = atTheDoor(fd) > 0 }) //nolint:errcheck // then nobody is
		if came := s.guests.Load(); waiting || came != inside {
			inside, quiet = came, 0
		}
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
