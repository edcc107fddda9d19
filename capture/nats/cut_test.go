package nats

import (
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
)

// cable is a connection to a server that can be cut.
type cable struct {
	net.Listener
	to    string
	mu    sync.Mutex
	conns []net.Conn
	out   bool // nothing passes
}

func layCable(t *testing.T, to string) *cable {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{Listener: l, to: to}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go c.pass(in)
		}
	}()
	t.Cleanup(func() { l.Close(); c.cut() })
	return c
}

func (c *cable) pass(in net.Conn) {
	out, err := net.Dial("tcp", c.to)
	c.mu.Lock()
	if err != nil || c.out {
		c.mu.Unlock()
		in.Close()
		if err == nil {
			out.Close()
		}
		return
	}
	c.conns = append(c.conns, in, out)
	c.mu.Unlock()
	go func() { _, _ = io.Copy(out, in); out.Close() }()
	_, _ = io.Copy(in, out)
	in.Close()
}

func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = true
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

func (c *cable) restore() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = false
}

// The network is cut while much is left to be published: what failed is published before
// what comes after it, so that the position passes nothing that the ring lacks.
func TestCutInABacklog(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	wire := layCable(t, e.Addr().String())
	far := connected(t, "nats://"+wire.Addr().String())
	seen := reader(t, team)
	const n = 5000
	r := ring.New(capture.Bounds{})
	for i := range n {
		capturing(t, r, fmt.Sprintf("/%d", i), []byte("body"))
	}
	run(t, far, r, Position{Node: "n"})
	until(t, seen.Mirror.Ring, "the first", has(1))
	for range 3 {
		wire.cut()
		have := seen.Mirror.Stats().Kept
		wire.restore()
		until(t, seen.Mirror.Ring, "more", has(min(n, have+600)))
	}
	list := until(t, seen.Mirror.Ring, "all", has(n))
	if got := targets(list); len(list) != n || len(got) != n {
		t.Errorf("%d, of %d paths", len(list), len(got))
	}
}

// The network of a node is cut in the middle, twice, and the node is killed: it starts
// again with the position that it kept last. All is in the ring once, and five readers
// agree, of which one is cut off, too.
func TestCutNetworkAndKilledNode(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	wire := layCable(t, e.Addr().String())
	far := connected(t, "nats://"+wire.Addr().String())
	r := ring.New(capture.Bounds{})
	n := run(t, far, r, Position{Node: "n"})
	var readers []*Reader
	for _, team := range []*Team{team, e.team(t), e.team(t), far} {
		readers = append(readers, reader(t, team))
	}
	for i := range 1000 {
		switch i {
		case 200, 600:
			wire.cut()
		case 400, 800:
			wire.restore()
		case 500: // what it had published last is not kept
			at := n.position()
			n.stop()
			at.ID = max(at.ID, 50) - 50
			n = run(t, far, r, at)
		}
		path := fmt.Sprintf("/%d", i)
		began := time.Now()
		capturing(t, r, path, []byte("body"))
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: the sender waited %v", path, took)
		}
	}
	readers = append(readers, reader(t, e.team(t)))
	var first []string
	for i, r := range readers {
		list := until(t, r.Mirror.Ring, fmt.Sprintf("reader %d", i), has(1000))
		var names []string
		for _, ex := range list {
			names = append(names, fmt.Sprint(ex.ID, ex.Name(), ex.Request.Target))
		}
		if got := targets(list); len(list) != 1000 || len(got) != 1000 {
			t.Errorf("reader %d has %d, of %d paths", i, len(list), len(got))
		}
		if i == 0 {
			first = names
		}
		if !slices.Equal(names, first) {
			t.Errorf("reader %d differs from reader 0", i)
		}
	}
}
