package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/capture/server"
	"creel/forward"
	"creel/forward/tunnel"
	"creel/ui/engine"
)

// capturing is how a command captures, beyond what the settings say.
type capturing struct {
	nextPort  bool // take the next free port when the default one is busy
	freePort  bool // take a free port unless one was asked for
	ephemeral bool // keep the ring in memory, whatever the settings say
	checking  bool // only check the settings: ask nothing, write nothing
	// problem and notice are those of [engine.Config]; without them problems are
	// printed to standard error.
	problem, notice func(string)
	tunnel          func(tunnel.Status) // see [engine.TunnelConfig]
	// targetDown is that of [engine.Config].
	targetDown func(string)
}

// openEngine starts to capture as the settings say.
func (p *program) openEngine(ctx context.Context, how capturing) (*engine.Engine, error) {
	c, err := p.engineConfig(how)
	if err != nil {
		return nil, err
	}
	e, err := engine.Open(ctx, c)
	if err != nil {
		return nil, p.openError(err)
	}
	if c.TLS != nil && p.opts.cert == "" {
		c.Notice("self-signed certificate, SHA-256 " + server.Fingerprint(c.TLS))
	}
	return e, nil
}

// openError gives an error of [engine.Open] its exit code.
func (p *program) openError(err error) error {
	if wrong, ok := errors.AsType[*engine.TargetError](err); ok {
		return usagef("%s %w", p.opts.targetOrigin(wrong.Target), err)
	}
	if _, ok := errors.AsType[*engine.RulesError](err); ok {
		return usagef("%w", err)
	}
	return p.listenError("listen", err)
}

// listenError gives an error of [server.Listen] its exit code; setting has the address.
func (p *program) listenError(setting string, err error) error {
	if _, ok := errors.AsType[*server.BusyError](err); ok {
		return exitf(exitFailure, "%w: use --%s :PORT, or :0 for a free one", err, setting)
	}
	if _, ok := errors.AsType[*server.AddrError](err); ok {
		return usagef("%s: %w", p.opts.origin(setting), err)
	}
	return err
}

func (p *program) engineConfig(how capturing) (c engine.Config, err error) {
	o := p.opts
	c = engine.Config{
		Listen:        o.listen.values,
		NextPort:      how.nextPort,
		Bounds:        capture.Bounds{Count: o.keep, Bytes: int64(o.keepBytes)},
		MaxBody:       int64(o.maxBody),
		InflightBytes: int64(o.inflightBytes),
		Handshakes:    engine.Handshakes(o.handshakes.value),
		Rules:         p.rulesSource(),
		HoldTimeout:   o.holdTimeout,
		Async:         o.forwardAsync,
		FlushPending:  o.flushPending,
		CORS:          o.cors,
		Sender:        o.sender(nil),
		Defaults:      o.defaults(),
		Sign:          signMode(o),
		Problem:       how.problem,
		Notice:        how.notice,
		TargetDown:    how.targetDown,
	}
	if c.Problem == nil {
		c.Problem = func(s string) { p.infof("%s", s) }
	}
	if c.Notice == nil {
		c.Notice = func(string) {}
	}
	c.Progress = func(s string) {
		if isTerminal(p.stderr) {
			p.infof("%s", s)
		}
	}
	if len(o.listen.values) == 0 && how.freePort {
		c.Listen = []string{":0"}
	}
	if !o.ephemeral && !how.ephemeral {
		c.History = o.historyPath(p.env)
	}
	if c.Targets, err = p.targets(); err != nil {
		return c, err
	}
	if c.Providers, err = p.providers(); err != nil {
		return c, err
	}
	if c.Standing, err = p.standing(c.Targets); err != nil {
		return c, err
	}
	if c.Hold, err = o.holdFilter(); err != nil {
		return c, err
	}
	if !how.checking || o.tunnel != tunnelAuto || o.file.Tunnel.Via != "" {
		if c.Tunnel, err = p.tunnelConfig(how.tunnel); err != nil {
			return c, err
		}
	}
	if c.Team, err = p.teamConfig(); err != nil || how.checking && o.cert == "" {
		return c, err
	}
	c.TLS, err = p.tlsConfig()
	return c, err
}

// holdFilter is --hold; nil without it.
func (o *options) holdFilter() (*filter.Filter, error) {
	if o.hold == "" {
		return nil, nil
	}
	f, err := filter.Parse(o.hold, filter.Arrival)
	if err != nil {
		return nil, usagef("%s: %w", o.origin("hold"), err)
	}
	return f, nil
}

// standing is --reply, nil unless it was given. Where every path has a target,
// it would never be used.
func (p *program) standing(targets []forward.Target) (*reply.Spec, error) {
	o := p.opts
	presets, err := p.presets()
	if err != nil || o.from["reply"] == fromDefault {
		return nil, err
	}
	spec, err := reply.ParseSpec(o.reply, presets)
	if err != nil {
		return nil, usagef("%s: %w", o.origin("reply"), err)
	}
	for _, t := range targets {
		if t.Path == "" && !t.Disabled && !o.forwardAsync {
			return nil, usagef("%s %s: senders get the response of %s: add --forward-async to reply at once, or give the target a path", o.origin("reply"), o.reply, t.Label())
		}
	}
	return &spec, nil
}

// sender makes attempts within the limits of the settings.
func (o *options) sender(self *forward.SelfAddrs) *forward.Sender {
	return &forward.Sender{
		Timeout: o.forwardTimeout, ConnectTimeout: o.connectTimeout, MaxAnswer: int64(o.maxAnswer), Self: self,
	}
}

// tlsConfig is nil without --tls.
func (p *program) tlsConfig() (*tls.Config, error) {
	o := p.opts
	switch {
	case o.cert != "":
		c, err := server.LoadTLS(o.cert, o.key)
		if err != nil {
			return nil, usagef("%s: %w", o.origin("cert"), err)
		}
		return c, nil
	case !o.tls:
		return nil, nil
	}
	var hosts []string
	for _, addr := range o.listen.values {
		if host, _, ok := strings.Cut(addr, ":"); ok && host != "" && host != "0.0.0.0" && !strings.Contains(addr, "]") {
			hosts = append(hosts, host)
		}
	}
	return server.SelfSigned(stateDir(p.env), hosts...)
}
