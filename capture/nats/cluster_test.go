//go:build unix

package nats

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"creel/capture"
)

// process is a program that can be killed and started again.
type process struct {
	t    *testing.T
	name string
	argv []string
	env  []string
	cmd  *exec.Cmd
}

func (p *process) start() {
	p.t.Helper()
	p.cmd = exec.Command(p.argv[0], p.argv[1:]...)
	p.cmd.Env = append(os.Environ(), p.env...)
	log, err := os.OpenFile(filepath.Join(p.t.TempDir(), p.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	_ = p.cmd.Wait()
}

func build(t *testing.T, dir, pkg string) string {
	t.Helper()
	file := filepath.Join(dir, filepath.Base(strings.TrimSuffix(pkg, "/v2")))
	if out, err := exec.Command("go", "build", "-o", file, pkg).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
	return file
}

// cluster is three servers in processes of their own.
type cluster struct {
	servers map[string]*process
	urls    []string
}

func startCluster(t *testing.T, program string) *cluster {
	c := &cluster{servers: map[string]*process{}}
	var routes []string
	ports, peers := map[string]int{}, map[string]int{}
	for _, name := range []string{"n1", "n2", "n3"} {
		ports[name], peers[name] = freePort(t), freePort(t)
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", peers[name]))
	}
	for _, name := range []string{"n1", "n2", "n3"} {
		c.servers[name] = &process{t: t, name: name, argv: []string{
			program, "-js", "-n", name, "-a", "127.0.0.1", "-p", fmt.Sprint(ports[name]), "-sd", t.TempDir(),
			"-cluster_name", "c", "-cluster", fmt.Sprintf("nats://127.0.0.1:%d", peers[name]), "-routes", strings.Join(routes, ","),
		}}
		c.urls = append(c.urls, fmt.Sprintf("127.0.0.1:%d", ports[name]))
		c.servers[name].start()
		t.Cleanup(c.servers[name].kill)
	}
	return c
}

// load posts to nodes until it has n replies of success.
type load struct {
	mu      sync.Mutex
	acked   map[string]bool
	longest time.Duration
}

func (l *load) run(ctx context.Context, addr string, next *atomic.Int64, n int64) {
	for ctx.Err() == nil {
		i := next.Add(1)
		if i > n {
			return
		}
		path := fmt.Sprintf("/%d", i)
		began := time.Now()
		resp, err := http.Post("http://"+addr+path, "text/plain", strings.NewReader("body of "+path))
		took := time.Since(began)
		if err != nil { // the node is down: not acknowledged
			time.Sleep(20 * time.Millisecond)
			continue
		}
		resp.Body.Close()
		l.mu.Lock()
		if resp.StatusCode < 300 {
			l.acked[path] = true
			l.longest = max(l.longest, took)
		}
		l.mu.Unlock()
	}
}

// TestClusterLosesNothing runs three servers and two nodes in processes of their own
// under load, kills the leader twice and a node once, stops a server for a while, and
// counts what five readers have. It takes minutes and is asked for:
//
//	CREEL_CLUSTER=20000 go test ./capture/nats -run Cluster -v -timeout 15m
func TestClusterLosesNothing(t *testing.T) {
	var n int64
	if _, err := fmt.Sscan(os.Getenv("CREEL_CLUSTER"), &n); err != nil {
		t.Skip("CREEL_CLUSTER is not set to a number of requests")
	}
	dir := t.TempDir()
	server, creel := build(t, dir, "github.com/nats-io/nats-server/v2"), build(t, dir, "creel")
	c := startCluster(t, server)
	ctx, cancel := context.WithTimeout(t.Context(), 12*time.Minute)
	defer cancel()
	team := c.connect(t)
	initCluster(ctx, t, team, Limits{Messages: 4 * n, Bytes: 1 << 30, Replicas: 3})
	var nodes []*process
	var addrs []string
	for i := range 2 {
		addr := fmt.Sprintf("127.0.0.1:%d", freePort(t))
		state := t.TempDir()
		p := &process{t: t, name: fmt.Sprintf("node%d", i), argv: []string{
			creel, "listen", "--team", "nats://" + strings.Join(c.urls, ",") + "/shop", "-l", addr, "--keep", fmt.Sprint(2 * n),
		}, env: []string{"XDG_STATE_HOME=" + state, "XDG_CONFIG_HOME=" + state, "XDG_RUNTIME_DIR=" + state}}
		p.start()
		t.Cleanup(p.kill)
		nodes, addrs = append(nodes, p), append(addrs, addr)
	}
	var readers []*Reader
	for range 3 {
		readers = append(readers, openReader(ctx, t, c.connect(t)))
	}
	l := &load{acked: map[string]bool{}}
	var next atomic.Int64
	var posting sync.WaitGroup
	began := time.Now()
	for i := range 8 {
		posting.Go(func() { l.run(ctx, addrs[i%2], &next, n) })
	}
	at := func(part int64) {
		for next.Load() < n*part/10 && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
	killLeader := func() {
		p := c.servers[c.leader(ctx, t, team)]
		t.Logf("%v: kill -9 of the leader %s", time.Since(began).Round(time.Millisecond), p.name)
		p.kill()
		time.Sleep(3 * time.Second)
		p.start()
	}
	if all, err := team.Status(ctx); err != nil || c.servers[all[0].Leader] == nil {
		t.Errorf("the status is %+v, %v", all, err)
	}
	at(2)
	killLeader()
	at(4)
	t.Logf("%v: kill -9 of a node", time.Since(began).Round(time.Millisecond))
	nodes[0].kill()
	nodes[0].start()
	at(6)
	killLeader()
	at(8)
	t.Logf("%v: a server hangs for 5 s", time.Since(began).Round(time.Millisecond))
	_ = c.servers["n2"].cmd.Process.Signal(syscall.SIGSTOP)
	time.Sleep(5 * time.Second)
	_ = c.servers["n2"].cmd.Process.Signal(syscall.SIGCONT)
	posting.Wait()
	posted := time.Since(began)
	for range 2 { // two that come later
		readers = append(readers, openReader(ctx, t, c.connect(t)))
	}
	t.Logf("%d of %d acknowledged in %v, the slowest after %v", len(l.acked), n, posted.Round(time.Millisecond), l.longest.Round(time.Millisecond))
	agree(ctx, t, readers, l.acked)
	t.Logf("all in the ring %v after the last", (time.Since(began) - posted).Round(time.Millisecond))
}

// initCluster makes the streams once the servers have found each other.
func initCluster(ctx context.Context, t *testing.T, team *Team, l Limits) {
	t.Helper()
	for ctx.Err() == nil {
		once, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := team.Init(once, l)
		cancel()
		if err == nil {
			return
		}
		time.Sleep(time.Second)
	}
	t.Fatal("the cluster does not start")
}

// leader is which server leads the ring. What is asked while there is none gets no
// response.
func (c *cluster) leader(ctx context.Context, t *testing.T, team *Team) string {
	for ctx.Err() == nil {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		s, err := team.js.Stream(ctx, team.stream(kindRing))
		cancel()
		if err == nil && c.servers[s.CachedInfo().Cluster.Leader] != nil {
			return s.CachedInfo().Cluster.Leader
		}
	}
	t.Fatal("the ring has no leader")
	return ""
}

func (c *cluster) connect(t *testing.T) *Team {
	t.Helper()
	return connected(t, "nats://"+strings.Join(c.urls, ","))
}

func openReader(ctx context.Context, t *testing.T, team *Team) *Reader {
	t.Helper()
	r, err := Open(ctx, team, func(s string) { t.Log("reader:", s) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// agree waits until all that was acknowledged is in each reader, and checks that it is
// there once and that all readers have the same.
func agree(ctx context.Context, t *testing.T, readers []*Reader, acked map[string]bool) {
	t.Helper()
	names := func(list []*capture.Exchange) string {
		var b strings.Builder
		for _, ex := range list {
			fmt.Fprintln(&b, ex.ID, ex.Name(), ex.Request.Target, ex.Reply.Status, ex.Note)
		}
		return b.String()
	}
	missing := func(list []*capture.Exchange) (n int) {
		have := targets(list)
		for path := range acked {
			if have[path] == 0 {
				n++
			}
		}
		return n
	}
	for ctx.Err() == nil {
		first := readers[0].Mirror.Snapshot()
		same := missing(first) == 0
		for _, r := range readers[1:] {
			same = same && names(r.Mirror.Snapshot()) == names(first)
		}
		if same {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	first := readers[0].Mirror.Snapshot()
	for path, n := range targets(first) {
		if n > 1 {
			t.Errorf("%s is there %d times", path, n)
		}
	}
	t.Logf("stored %d, of %d acknowledged %d are missing", len(first), len(acked), missing(first))
	for i, r := range readers {
		list := r.Mirror.Snapshot()
		if n := missing(list); n > 0 || names(list) != names(first) {
			t.Errorf("reader %d: %d of %d acknowledged are missing; the same as reader 0: %v", i, n, len(acked), names(list) == names(first))
		}
	}
}
