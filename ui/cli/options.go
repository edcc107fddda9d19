package cli

import (
	"time"

	"github.com/spf13/pflag"
)

// options are the settings that flags, the environment and the configuration
// file share. One flag set holds all of them by name; a command registers those
// that concern it.
type options struct {
	set *pflag.FlagSet
	// from says where each setting that is not a default came from.
	from map[string]source
	// places say where the configuration file has its settings.
	places map[string]string
	file   config // the rest of the configuration file

	listen          texts
	forward         texts
	reply           string
	rules           string
	hold            string
	holdTimeout     time.Duration
	handshakes      oneOf
	noHandshakes    bool
	secret          texts
	publicURL       string
	tunnel          string
	tunnelPath      string
	tunnelFor       time.Duration
	tunnelAcceptNew bool
	relay           string // the setting from
	keep            int
	keepBytes       size
	maxBody         size
	maxAnswer       size
	inflightBytes   size
	history         string
	ephemeral       bool
	forwardTimeout  time.Duration
	connectTimeout  time.Duration
	keepHost        bool
	forwarded       bool
	forwardAsync    bool
	flushPending    bool
	cors            bool
	ordered         bool
	insecure        bool
	cacert          string
	sign            oneOf
	tls             bool
	cert            string
	key             string
	config          string
	theme           string
	redact          string
	ascii           bool
	noMouse         bool
	team            string
	teamCreds       string
	teamWho         string
	teamAck         oneOf
	teamRedact      bool
	private         bool
	noCapture       bool
	answer          texts
	admin           string
}

// source ranks where a setting came from; the higher one wins.
type source uint8

const (
	fromDefault source = iota
	fromFile
	fromEnv
	fromFlag
)

// The groups in which commands register the settings.
var (
	everywhere  = []string{"config", "history", "team", "team-creds", "team-who"}
	whenSending = []string{
		"ephemeral", "secret", "public-url", "max-answer", "forward-timeout", "connect-timeout",
		"keep-host", "forwarded", "insecure", "cacert", "sign",
	}
	whenCapturing = []string{
		"listen", "forward", "reply", "rules", "hold", "hold-timeout", "handshakes", "no-handshakes",
		"secret", "public-url", "keep", "keep-bytes", "max-body", "max-answer", "inflight-bytes", "ephemeral",
		"forward-timeout", "connect-timeout", "keep-host", "forwarded", "forward-async", "flush-pending", "cors",
		"ordered", "insecure", "cacert", "sign", "tls", "cert", "key",
		"tunnel", "tunnel-path", "tunnel-for", "tunnel-accept-new", "from", "team-ack", "team-redact", "private", "answer",
	}
	asService = []string{"admin"}
	onScreen  = []string{"theme", "ascii", "no-mouse", "redact"}
)

func newOptions() *options {
	o := &options{
		set:  pflag.NewFlagSet("creel", pflag.ContinueOnError),
		from: map[string]source{}, places: map[string]string{},
		listen:     texts{kind: "ADDR"},
		forward:    texts{kind: "[PATH=]URL"},
		secret:     texts{kind: "PROVIDER=VALUE"},
		answer:     texts{kind: "PATH=URL"},
		handshakes: oneOf{"answer", []string{"answer", "forward", "off"}},
		teamAck:    oneOf{"node", []string{"node", ackEngine}},
		sign:       oneOf{"auto", []string{"auto", "always", "never"}},
		keepBytes:  256 << 20, maxBody: 32 << 20, maxAnswer: 32 << 20, inflightBytes: 512 << 20,
	}
	for _, g := range settingGroups {
		g.add(o, o.set)
	}
	return o
}

func (o *options) captureFlags(f *pflag.FlagSet) {
	f.VarP(&o.listen, "listen", "l", "where to listen (default 127.0.0.1:4665 and [::1]:4665); repeatable")
	f.StringVar(&o.reply, "reply", "200", "the reply that senders get: STATUS[:BODY], 500x3,200 or @preset")
	f.StringVar(&o.rules, "rules", "", "a file of rules, reloaded when it changes")
	f.StringVar(&o.hold, "hold", "", "hold what matches this filter")
	durationFlag(f, &o.holdTimeout, "hold-timeout", aboveZero, 25*time.Second, "how long a sender is held at most")
	f.Var(&o.handshakes, "handshakes", "what to do with handshakes of providers")
	f.BoolVar(&o.noHandshakes, "no-handshakes", false, "the same as --handshakes off")
	f.Var(&o.secret, "secret", "a signing secret, also as PROVIDER=env:NAME or file:PATH; repeatable")
	f.StringVar(&o.publicURL, "public-url", "", "what senders call, for signatures over the URL")
	intFlag(f, &o.keep, "keep", "", 1, 10000, "how many requests are kept")
	f.Var(&o.keepBytes, "keep-bytes", "how many bytes are kept")
	f.Var(&o.maxBody, "max-body", "the largest body that is taken; larger ones get 413")
	f.Var(&o.inflightBytes, "inflight-bytes", "how many bytes of bodies are read at one time")
	f.BoolVar(&o.tls, "tls", false, "serve HTTPS, with a self-signed certificate unless --cert is given")
	f.StringVar(&o.cert, "cert", "", "the certificate for --tls (PEM)")
	f.StringVar(&o.key, "key", "", "the private key for --cert (PEM)")
}

func (o *options) tunnelFlags(f *pflag.FlagSet) {
	f.StringVar(&o.tunnel, "tunnel", "", "get a public URL: cloudflared, tailscale or ssh://HOST; without a value, the usual way")
	f.Lookup("tunnel").NoOptDefVal = tunnelAuto
	f.StringVar(&o.tunnelPath, "tunnel-path", "", "only this path and below passes the tunnel; the rest gets 404")
	durationFlag(f, &o.tunnelFor, "tunnel-for", aboveZero, 0, "end the tunnel after this time")
	f.BoolVar(&o.tunnelAcceptNew, "tunnel-accept-new", false, "trust the host key of an ssh server that is not known yet")
	f.StringVar(&o.relay, "from", "", "take what arrives on a channel of smee.io or gosmee")
}

func (o *options) forwardFlags(f *pflag.FlagSet) {
	f.VarP(&o.forward, "forward", "f", "forward to this URL or port, for a path and below if given; repeatable")
	f.Var(&o.maxAnswer, "max-answer", "the largest response that is recorded; one announced as larger becomes 502")
	durationFlag(f, &o.forwardTimeout, "forward-timeout", aboveZero, 30*time.Second, "how long one attempt may take")
	durationFlag(f, &o.connectTimeout, "connect-timeout", aboveZero, 5*time.Second, "how long connecting may take")
	f.BoolVar(&o.keepHost, "keep-host", false, "send the captured Host instead of the target's")
	f.BoolVar(&o.forwarded, "forwarded", false, "add X-Forwarded-For, -Proto and -Host")
	f.BoolVar(&o.forwardAsync, "forward-async", false, "reply to senders at once, without waiting for the target")
	f.BoolVar(&o.cors, "cors", false, "let web pages post: answer preflights and add the fields that allow it")
	f.BoolVar(&o.flushPending, "flush-pending", false, "deliver what is pending when the target is back")
	f.BoolVar(&o.ordered, "ordered", false, "forward one after the other, in the order of arrival")
	f.BoolVar(&o.insecure, "insecure", false, "do not check the targets' certificates")
	f.StringVar(&o.cacert, "cacert", "", "a CA certificate for the targets (PEM)")
	f.Var(&o.sign, "sign", "whether a resend gets a fresh signature")
}

func (o *options) otherFlags(f *pflag.FlagSet) {
	f.StringVar(&o.history, "history", "", "the file that keeps what was captured (default $XDG_STATE_HOME/creel/history.db)")
	f.BoolVar(&o.ephemeral, "ephemeral", false, "keep everything in memory only")
	f.StringVar(&o.config, "config", "", "the configuration file (default $XDG_CONFIG_HOME/creel/config.toml)")
	f.StringVar(&o.admin, "admin", "", "serve health and metrics on this address, such as :9465")
	f.StringVar(&o.redact, "redact", "", "a file of [[redact]] rules: what exports hide besides secrets")
	f.StringVar(&o.theme, "theme", "", "a chroma style for the colours; auto is one that suits the terminal")
	f.BoolVar(&o.ascii, "ascii", false, "draw with ASCII characters only")
	f.BoolVar(&o.noMouse, "no-mouse", false, "leave the mouse to the terminal")
}

func (o *options) teamFlags(f *pflag.FlagSet) {
	f.StringVar(&o.team, "team", "", "the team's ring: nats://HOST:4222/SPACE")
	f.StringVar(&o.teamWho, "team-who", "", "your name for the team (default: the user)")
	f.StringVar(&o.teamCreds, "team-creds", "", "a file of NATS credentials for the team's ring (or NATS_CREDS)")
	f.Var(&o.teamAck, "team-ack", "where a request is kept before its sender gets a reply: by the node, or by NATS, too")
	f.BoolVar(&o.teamRedact, "team-redact", false, "hide from the team what [[redact]] rules hide, besides secrets")
	f.Var(&o.answer, "answer", "reply from here to what the team receives on a path and below; repeatable")
	f.BoolVar(&o.noCapture, "no-capture", false, "capture nothing: a screen on the team's ring")
	f.BoolVar(&o.private, "private", false, "keep from the team what is sent by hand")
}

// register gives a command's flag set the settings with these names.
func (o *options) register(f *pflag.FlagSet, groups ...[]string) {
	for _, g := range groups {
		for _, name := range g {
			if f.Lookup(name) == nil {
				f.AddFlag(o.set.Lookup(name))
			}
		}
	}
}
