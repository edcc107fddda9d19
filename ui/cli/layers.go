package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"creel/capture/provider"
	"creel/capture/tomlfile"
	"creel/forward"
)

// load completes the settings that no flag gave: from the environment, then from the file.
func (o *options) load(env func(string) (string, bool)) error {
	o.set.VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			o.from[f.Name] = fromFlag
		}
	})
	if err := o.loadEnv(env); err != nil {
		return err
	}
	o.config = tomlfile.Path(o.config)
	if err := o.loadFile(env); err != nil {
		return err
	}
	for _, file := range []*string{&o.history, &o.rules, &o.cert, &o.key, &o.cacert, &o.redact, &o.teamCreds} {
		*file = tomlfile.Path(*file)
	}
	return o.check()
}

// envName is the variable of a setting: CREEL_KEEP_BYTES.
func envName(flag string) string {
	return "CREEL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func (o *options) loadEnv(env func(string) (string, bool)) error {
	var err error
	o.set.VisitAll(func(f *pflag.Flag) {
		v, ok := env(envName(f.Name))
		if !ok || v == "" || err != nil || o.from[f.Name] != fromDefault {
			return
		}
		for _, v := range settingLines(f, v) {
			if e := o.assign(f.Name, v, fromEnv); e != nil {
				err = usagef("environment %s: %w", envName(f.Name), e)
				return
			}
		}
	})
	return err
}

// settingLines are the values in v: one per line for what is repeatable.
func settingLines(f *pflag.Flag, v string) []string {
	if _, ok := f.Value.(*texts); !ok {
		return []string{v}
	}
	var lines []string
	for l := range strings.Lines(v) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// givenBy is the flag or the variable that gave a setting; empty for neither.
func (o *options) givenBy(name string) string {
	switch o.from[name] {
	case fromFlag:
		return "--" + name
	case fromEnv:
		return envName(name)
	}
	return ""
}

// origin says where the value of a setting came from, to begin an error with.
func (o *options) origin(name string) string {
	if by := o.givenBy(name); by != "" {
		return by
	}
	if place := o.places[name]; place != "" {
		return place + ": " + name
	}
	return "--" + name
}

func (o *options) assign(name, value string, s source) error {
	o.from[name] = s
	f := o.set.Lookup(name)
	if err := f.Value.Set(value); err != nil {
		return valueError(f, value, err)
	}
	return nil
}

// check settles which of two that exclude each other holds, and refuses what makes no sense.
func (o *options) check() (err error) {
	if o.ephemeral {
		if o.ephemeral, err = o.wins("ephemeral", "history"); err != nil {
			return err
		}
	}
	if o.noHandshakes {
		off, err := o.wins("no-handshakes", "handshakes")
		if err != nil {
			return err
		}
		if off {
			o.handshakes.value = "off"
		}
	}
	if o.relay != "" && o.tunnel != "" {
		relay, err := o.wins("from", "tunnel")
		switch {
		case err != nil:
			return err
		case relay:
			o.tunnel = ""
		default:
			o.relay = ""
		}
	}
	switch {
	case o.maxBody > o.keepBytes:
		return usagef("%s %s is more than --keep-bytes %s: such a body could not be kept", o.origin("max-body"), &o.maxBody, &o.keepBytes)
	case (o.cert == "") != (o.key == ""):
		return usagef("--cert and --key go together")
	}
	if o.cert != "" {
		o.tls = true
	}
	if o.publicURL != "" && provider.CheckPublicURL(o.publicURL) != nil {
		return usagef("%s %s: want a whole URL, such as https://name.example", o.origin("public-url"), forward.Redact(o.publicURL))
	}
	return nil
}

// wins reports whether setting a outranks setting b; both from one place is an error.
func (o *options) wins(a, b string) (bool, error) {
	if o.from[a] == o.from[b] {
		return false, usagef("%s and %s exclude each other", o.origin(a), o.origin(b))
	}
	return o.from[a] > o.from[b], nil
}

func usagef(format string, args ...any) error {
	return &exitError{code: exitUsage, err: fmt.Errorf(format, args...)}
}
