package tunnel

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// tailscale serves a port under the machine's name in its tailnet, to everyone.
type tailscale struct {
	file string
	port int
}

func newTailscale(port int) (*tailscale, error) {
	file, err := lookUp("tailscale", "see https://tailscale.com/download, or use --tunnel ssh://localhost.run, which needs nothing installed")
	if err != nil {
		return nil, err
	}
	return &tailscale{file: file, port: port}, nil
}

// statusTimeout is how long `tailscale status` may take.
const statusTimeout = 10 * time.Second

// tailscaleStatus is what is read of `tailscale status --json`.
type tailscaleStatus struct {
	BackendState string
	Self         struct {
		DNSName string
		CapMap  map[string]json.RawMessage
	}
}

func (t *tailscale) run(ctx context.Context, announce func(string), vouch func()) error {
	url, err := t.url(ctx)
	if err != nil {
		return err
	}
	var last atomic.Pointer[string]
	err = runProgram(ctx, func(line string) {
		switch {
		case line == "":
		case strings.Contains(line, "Available on the internet"):
			announce(url)
			vouch()
		default:
			last.Store(&line)
		}
	}, t.file, "funnel", "--yes", strconv.Itoa(t.port))
	if ctx.Err() == nil && last.Load() != nil {
		err = fmt.Errorf("%w: %s", err, *last.Load())
	}
	return err
}

// url is the machine's name, when Funnel is allowed for it.
func (t *tailscale) url(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, t.file, "status", "--json").Output()
	var s tailscaleStatus
	if jsonErr := json.Unmarshal(out, &s); jsonErr != nil {
		return "", fmt.Errorf("tailscale status: %w: is tailscaled running?", cmp.Or(err, jsonErr))
	}
	switch {
	case s.BackendState == "NeedsLogin":
		return "", &Failure{Permanent: true, Err: errors.New("tailscale is not logged in: run `tailscale up`")}
	case s.BackendState == "Stopped":
		return "", &Failure{Permanent: true, Err: errors.New("tailscale is stopped: run `tailscale up`")}
	case !s.funnelAllowed():
		return "", &Failure{Permanent: true, Err: errors.New("tailscale allows no Funnel for this machine: in the admin console give it the node attribute \"funnel\", and switch HTTPS certificates on")}
	case s.Self.DNSName == "":
		return "", errors.New("tailscale has no name for this machine yet")
	}
	return "https://" + strings.TrimSuffix(s.Self.DNSName, "."), nil
}

func (s *tailscaleStatus) funnelAllowed() bool {
	for name := range s.Self.CapMap {
		if name == "funnel" || strings.HasSuffix(name, "/cap/funnel") {
			return true
		}
	}
	return false
}
