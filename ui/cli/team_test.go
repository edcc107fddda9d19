package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	natsgo "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"creel/capture/nats"
	"creel/capture/redact"
)

// How NATS is entered is in the environment; a file of credentials may be named.
func TestTeamAccess(t *testing.T) {
	for _, tt := range []struct {
		env   map[string]string
		creds string
		want  nats.Access
	}{
		{nil, "", nats.Access{}},
		{nil, "a.creds", nats.Access{Creds: "a.creds"}},
		{map[string]string{"NATS_CREDS": "b.creds"}, "", nats.Access{Creds: "b.creds"}},
		{map[string]string{"NATS_CREDS": "b.creds"}, "a.creds", nats.Access{Creds: "a.creds"}},
		{
			map[string]string{"NATS_USER": "u", "NATS_PASSWORD": "p", "NATS_TOKEN": "t", "NATS_CA": "ca.pem"},
			"",
			nats.Access{User: "u", Password: "p", Token: "t", CA: "ca.pem"},
		},
	} {
		p := inProcess(t, t.TempDir(), nil)
		p.opts.teamCreds = tt.creds
		p.env = func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }
		if d := cmp.Diff(tt.want, p.teamAccess()); d != "" {
			t.Errorf("%v, %q (-want +got):\n%s", tt.env, tt.creds, d)
		}
	}
}

// What a node shares with its team, and under which name.
func TestTeamConfig(t *testing.T) {
	for _, tt := range []struct {
		name      string
		change    func(*options)
		node, err string
	}{
		{name: "no team", change: func(o *options) { o.team = "" }},
		{name: "no team to wait for", change: func(o *options) { o.team, o.teamAck.value = "", ackEngine }, err: "--team-ack: there is no team: give --team URL"},
		{name: "no URL", change: func(o *options) { o.team = "x" }, err: "--team: "},
		{name: "a name", change: func(*options) {}, node: "ana-at-home"},
		{name: "a long name", change: func(o *options) { o.teamWho = strings.Repeat("x", 41) }, node: strings.Repeat("x", 40)},
		{name: "an answer", change: func(o *options) { o.answer.values = []string{"/a=3000"} }, node: "ana-at-home"},
		{name: "an answer without a path", change: func(o *options) { o.answer.values = []string{"3000"} }, err: "--answer 3000: needs a path: --answer /stripe=3000"},
		{name: "an answer whose certificate is not there", change: func(o *options) { o.answer.values, o.cacert = []string{"/a=https://x"}, "none.pem" }, err: "--answer /a=https://x: "},
		{name: "no answer", change: func(o *options) { o.answer.values = []string{"/a=ftp://x"} }, err: "--answer /a=ftp://x: "},
	} {
		p := inProcess(t, t.TempDir(), nil)
		p.opts.team, p.opts.teamWho = "nats://127.0.0.1:4222/shop", "ana at home"
		tt.change(p.opts)
		c, err := p.teamConfig()
		if err == nil && tt.err != "" || err != nil && (tt.err == "" || !strings.HasPrefix(err.Error(), tt.err)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
		}
		if err == nil && (c.Node != tt.node || c.Ack || len(c.Answers) != len(p.opts.answer.values)) {
			t.Errorf("%s: %+v", tt.name, c)
		}
	}
}

// Of what is shared the known secrets are hidden, and with --team-redact all that looks
// like one.
func TestTeamRedaction(t *testing.T) {
	for _, all := range []bool{false, true} {
		p := inProcess(t, t.TempDir(), nil)
		p.opts.team, p.opts.teamRedact, p.opts.teamAck.value = "nats://127.0.0.1:4222/shop", all, ackEngine
		usual, err := p.redaction()
		if err != nil {
			t.Fatal(err)
		}
		want := redact.Config{Known: usual.Known}
		if all {
			want = usual
		}
		c, err := p.teamConfig()
		if d := cmp.Diff(want, c.Redact); err != nil || d != "" || !c.Ack {
			t.Errorf("%v: %v (-want +got):\n%s", all, err, d)
		}
	}
}

// Doctor names what the streams of a team lack; repair gives it to them and keeps their
// limits.
func TestRepairOfATeam(t *testing.T) {
	dir, url := t.TempDir(), startNATS(t)
	run := func(args ...string) (string, error) {
		var out strings.Builder
		err := inProcess(t, dir, &out, append(args, url)...).execute(t.Context())
		return out.String(), err
	}
	if _, err := run("team", "repair"); err == nil || !strings.Contains(err.Error(), "run creel team init") {
		t.Errorf("without streams: %v", err)
	}
	if _, err := run("team", "init", "--keep", "77", "--keep-bytes", "64MiB"); err != nil {
		t.Fatal(err)
	}
	conn, err := natsgo.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "creel-shop")
	if err != nil {
		t.Fatal(err)
	}
	before := stream.CachedInfo().Config
	wrong := before
	wrong.MaxMsgSize = -1
	if _, err := js.UpdateStream(t.Context(), wrong); err != nil {
		t.Fatal(err)
	}
	const problem = "stream creel-shop: one message may fill more than a tenth of it and would drop the others: run creel team repair\n"
	const fine = "the streams are as they should be\none replica: the team's ring is lost with its server; each node keeps what it captured\n"
	if out, err := run("team", "doctor"); err == nil || err.Error() != "1 of 3 streams need repair" || out != problem {
		t.Errorf("doctor: %q, %v", out, err)
	}
	for _, name := range []string{"repair", "doctor"} {
		if out, err := run("team", name); err != nil || out != fine {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
	after, err := js.Stream(t.Context(), "creel-shop")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, after.CachedInfo().Config); d != "" || before.MaxMsgs != 77 {
		t.Errorf("its settings (-before +after):\n%s", d)
	}
}
