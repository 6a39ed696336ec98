package fleettest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// The requests of Kafka's protocol whose answers are not passed on as they are.
const (
	produceKey         = 0
	metadataKey        = 3
	findCoordinatorKey = 10
)

// longestFrame is what Kafka takes for a request (socket.request.max.bytes). Other
// protocols look longer.
const longestFrame = 100 << 20

var errDropped = errors.New("the acknowledgement is dropped")

// asked is a request whose answer is awaited. Answers come in their order.
type asked struct{ key, version int16 }

// conversation is what the link knows of one connection to a broker.
type conversation struct {
	link *Link
	mu   sync.Mutex
	open []asked
}

// speakKafka reads along, for two reasons: brokers tell their own address, which
// would lead around the link, and acknowledgements can be dropped.
func speakKafka(l *Link) (requests, answers transfer) {
	c := &conversation{link: l}
	return c.request, c.answer
}

func (c *conversation) request(to io.Writer, from io.Reader) error {
	frame, err := readFrame(from)
	if err != nil || len(frame) < 8 {
		return errors.Join(err, io.ErrUnexpectedEOF)
	}
	c.mu.Lock()
	c.open = append(c.open, asked{
		key:     int16(binary.BigEndian.Uint16(frame)),     // #nosec G115 -- as the protocol has it
		version: int16(binary.BigEndian.Uint16(frame[2:])), // #nosec G115
	})
	c.mu.Unlock()
	return writeFrame(to, frame)
}

func (c *conversation) answer(to io.Writer, from io.Reader) error {
	frame, err := readFrame(from)
	if err != nil {
		return err
	}
	c.mu.Lock()
	if len(c.open) == 0 {
		c.mu.Unlock()
		return errors.New("an answer to nothing")
	}
	first := c.open[0]
	c.open = c.open[1:]
	c.mu.Unlock()
	switch first.key {
	case produceKey:
		if c.link.dropsOne() {
			return errDropped
		}
	case metadataKey, findCoordinatorKey:
		if frame, err = c.link.redirect(first, frame); err != nil {
			return err
		}
	}
	return writeFrame(to, frame)
}

func (l *Link) dropsOne() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.drops == 0 {
		return false
	}
	l.drops--
	return true
}

// redirect writes the link's address over that of the broker.
func (l *Link) redirect(a asked, frame []byte) ([]byte, error) {
	answer := kmsg.ResponseForKey(a.key)
	answer.SetVersion(a.version)
	header := 4
	if answer.IsFlexible() {
		header = 5 // and no tags
	}
	if len(frame) < header {
		return nil, io.ErrUnexpectedEOF
	}
	if err := answer.ReadFrom(frame[header:]); err != nil {
		return nil, fmt.Errorf("read an answer of the broker: %w", err)
	}
	host, text, err := net.SplitHostPort(l.Address())
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return nil, err
	}
	port := int32(number)
	switch answer := answer.(type) {
	case *kmsg.MetadataResponse:
		for i := range answer.Brokers {
			answer.Brokers[i].Host, answer.Brokers[i].Port = host, port
		}
	case *kmsg.FindCoordinatorResponse:
		if answer.ErrorCode == 0 {
			answer.Host, answer.Port = host, port
		}
		for i := range answer.Coordinators {
			answer.Coordinators[i].Host, answer.Coordinators[i].Port = host, port
		}
	}
	return answer.AppendTo(append([]byte(nil), frame[:header]...)), nil
}

func readFrame(from io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(from, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > longestFrame {
		return nil, fmt.Errorf("a frame of %d bytes is none of Kafka's", n)
	}
	frame := make([]byte, n)
	_, err := io.ReadFull(from, frame)
	return frame, err
}

func writeFrame(to io.Writer, frame []byte) error {
	whole := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(frame)), uint32(len(frame))) // #nosec G115 -- it was read as one
	_, err := to.Write(append(whole, frame...))
	return err
}
