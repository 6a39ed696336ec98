package repository

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/fault"
)

// realRedis is the server of all tests here: the one that TEST_REDIS_ADDR
// names, else a private one.
var realRedis string

func TestMain(m *testing.M) {
	runtime.LockOSThread() // with which the server dies, however this process ends
	os.Exit(func() int {
		stop, err := startRedis()
		if err != nil {
			fmt.Fprintf(os.Stderr, "no Redis for tests: %v; install one (Debian: apt-get install redis-server) or name one in TEST_REDIS_SERVER or TEST_REDIS_ADDR\n", err)
			return 1
		}
		defer stop()
		return m.Run()
	}())
}

func startRedis() (stop func(), err error) {
	if realRedis = os.Getenv("TEST_REDIS_ADDR"); realRedis != "" {
		return func() {}, nil
	}
	dir, err := os.MkdirTemp("", "oms-test-redis-")
	if err != nil {
		return nil, err
	}
	realRedis = dir + "/redis.sock"
	kill, err := serveRedis(dir, "--appendonly", "no")
	return func() {
		kill()
		os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	}, err
}

// redisProgram is the server that TEST_REDIS_SERVER names, or the machine's, if
// need be under the name of one of its other uses.
func redisProgram() (string, error) {
	for _, name := range []string{os.Getenv("TEST_REDIS_SERVER"), "redis-server", "valkey-server", "redis-check-rdb"} {
		if path, err := exec.LookPath(name); name != "" && (err == nil || name == os.Getenv("TEST_REDIS_SERVER")) {
			return path, err
		}
	}
	return "", errors.New("there is no redis-server, valkey-server or redis-check-rdb")
}

// serveRedis runs a server with its data and its socket, redis.sock, in a folder
// until it is killed, as if by kill -9. It dies with the thread that starts it.
func serveRedis(dir string, more ...string) (kill func(), err error) {
	path, err := redisProgram()
	if err != nil {
		return func() {}, err
	}
	server := &exec.Cmd{
		Path: path, Args: append([]string{"redis-server", "--port", "0", "--unixsocket", dir + "/redis.sock", "--save", "", "--dir", dir}, more...),
		SysProcAttr: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	}
	if err := server.Start(); err != nil {
		return func() {}, err
	}
	return func() {
		server.Process.Kill() //nolint:errcheck // it has ended then
		server.Wait()         //nolint:errcheck // it was killed
	}, awaitRedis(dir + "/redis.sock")
}

func awaitRedis(address string) error {
	rdb := connect(address)
	defer rdb.Close() //nolint:errcheck // nothing is lost
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		err := rdb.Ping(ctx).Err()
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

func connect(address string) redis.UniversalClient {
	network := "tcp"
	if address[0] == '/' {
		network = "unix"
	}
	return redis.NewClient(&redis.Options{Addr: address, Network: network, ContextTimeoutEnabled: true})
}

// onBoth runs a test on a real Redis and on miniredis, which `make run` uses
// where there is no other.
func onBoth(t *testing.T, test func(t *testing.T, rdb redis.UniversalClient)) {
	t.Helper()
	for name, address := range map[string]string{"redis": realRedis, "miniredis": miniredis.RunT(t).Addr()} {
		t.Run(name, func(t *testing.T) {
			rdb := connect(address)
			t.Cleanup(func() { rdb.Close() }) //nolint:errcheck // nothing is lost
			test(t, rdb)
		})
	}
}

// noRedis is a client of a Redis that does not exist.
func noRedis(t *testing.T) redis.UniversalClient {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1, DialerRetries: 1, DialTimeout: time.Second})
	t.Cleanup(func() { rdb.Close() }) //nolint:errcheck // nothing is lost
	return rdb
}

type reply string

func (r reply) Error() string { return string(r) }
func (reply) RedisError()     {}

func TestOutagesOfRedisAreToldFromOurMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		kind fault.Kind
	}{
		{errors.New("dial tcp: connection refused"), fault.Unavailable},
		{context.DeadlineExceeded, fault.Unavailable},
		{reply("LOADING Redis is loading the dataset in memory"), fault.Unavailable},
		{reply("OOM command not allowed when used memory > 'maxmemory'."), fault.Unavailable},
		{reply("READONLY You can't write against a read only replica."), fault.Unavailable},
		{reply("WRONGTYPE Operation against a key"), fault.Internal},
		{reply("ERR unknown command"), fault.Internal},
		{context.Canceled, fault.Internal},
	}
	for _, tt := range tests {
		got := away(tt.err, "do")
		if fault.KindOf(got) != tt.kind || !errors.Is(got, tt.err) {
			t.Errorf("away(%v) = %v, want kind %v", tt.err, got, tt.kind)
		}
	}
}
