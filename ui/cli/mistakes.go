package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"creel/capture/words"
)

// otherNames are what other programs call what creel has. Flags begin with --.
var otherNames = map[string][]string{
	"resend":   {"replay", "retry", "repeat", "redeliver"},
	"ls":       {"list", "history", "log", "logs", "requests", "events"},
	"listen":   {"serve", "server", "start", "capture", "run", "tail", "watch"},
	"show":     {"cat", "get", "view", "inspect", "open", "print", "display"},
	"rm":       {"delete", "remove", "del"},
	"clear":    {"reset", "purge", "flush", "clean"},
	"stop":     {"kill", "quit", "exit", "shutdown"},
	"status":   {"ps", "info"},
	"trigger":  {"fire", "emit", "sample", "mock", "fake"},
	"attach":   {"connect", "join"},
	"import":   {"load", "read"},
	"export":   {"dump", "save", "curl"},
	"verify":   {"check", "validate"},
	"note":     {"comment", "tag"},
	"keys":     {"bindings", "shortcuts"},
	"help":     {"docs", "usage"},
	"--listen": {"port", "p", "bind", "addr", "address", "b", "host", "hostname"},
	"--forward": {
		"target", "t", "url", "u", "forward-to", "proxy", "upstream", "to",
	},
	"--number":   {"limit", "last", "max", "count", "c", "tail"},
	"--history":  {"db", "database", "file", "d"},
	"--insecure": {"k", "skip-verify", "insecure-skip-verify"},
	"--reply":    {"status", "response", "respond", "s"},
	"--tunnel":   {"public", "expose", "share"},
	"--from":     {"smee", "gosmee", "channel", "source"},
	"--timeout":  {"max-time"},
	"--header":   {"headers"},
	"--output":   {"out"},
	"--quiet":    {"silent", "q"},
	"--json":     {"jsonl", "ndjson", "j"},
	"--yes":      {"force", "y", "assume-yes"},
	"--tls":      {"https", "ssl"},
	"--provider": {"vendor"},
}

// suggestCommand is the command of root that is probably meant, or "".
func suggestCommand(root *cobra.Command, word string) string {
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return suggest(strings.ToLower(word), "", append(names, "help"))
}

// suggestFlag is the flag that is probably meant, as --name, or "".
func suggestFlag(flags *pflag.FlagSet, word string) string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	})
	return suggest(strings.ToLower(word), "--", names)
}

// suggest is the name that has word as another name, else the nearest.
func suggest(word, prefix string, names []string) string {
	for name, others := range otherNames {
		if slices.Contains(names, name) && slices.Contains(others, word) {
			return name
		}
	}
	return nearest(prefix+word, names)
}

// meant names the nearest of words, to end an error with.
func meant(s string, words []string) string {
	if w := nearest(s, words); w != "" {
		return ": did you mean " + w + "?"
	}
	return ""
}

// nearest returns the word of known that differs from s by one letter in three at most; of
// several, the one that begins as s the longest; or "".
func nearest(s string, known []string) string {
	best, d := "", len(strings.TrimLeft(s, "-"))/3+1
	for _, w := range slices.Sorted(slices.Values(known)) {
		if n := words.Distance(s, w); n < d || n == d && best != "" && samePrefix(s, w) > samePrefix(s, best) {
			best, d = w, n
		}
	}
	return best
}

// samePrefix is how many bytes a and b begin with in common.
func samePrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// flagError turns what pflag found wrong into a usage error with a suggestion.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	e := &exitError{code: exitUsage, err: err, hint: "try: " + cmd.CommandPath() + " --help"}
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name := unknown.GetSpecifiedName()
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		e.err = fmt.Errorf("unknown flag: %s%s", dashes, name)
		if s := suggestFlag(cmd.Flags(), name); s != "" {
			e.hint = "did you mean " + s + "?"
		}
	} else if empty, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		e.err = fmt.Errorf("%s needs a value", flagName(empty.GetFlag()))
	} else if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f := wrong.GetFlag()
		e.err = fmt.Errorf("--%s: %w", f.Name, valueError(f, wrong.GetValue(), wrong.Unwrap()))
	} else if syntax, ok := errors.AsType[*pflag.InvalidSyntaxError](err); ok {
		e.err = fmt.Errorf("%s is not a flag: write --NAME, --NAME=VALUE or -N", syntax.GetSpecifiedFlag())
	}
	return e
}

// unknownVariables names the variables that look like settings and are neither one nor a secret.
func (p *program) unknownVariables() {
	known := []string{"CREEL_URL"} // what wait gives its command
	p.opts.set.VisitAll(func(f *pflag.Flag) { known = append(known, envName(f.Name)) })
	secrets := strings.Join(p.opts.secret.values, "\n") + "\n"
	for _, s := range p.opts.file.Secrets {
		secrets += s + "\n"
	}
	for _, v := range p.variables {
		name, value, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, "CREEL_") || value == "" || slices.Contains(known, name) || strings.Contains(secrets, "env:"+name+"\n") {
			continue
		}
		p.infof("the variable %s is no setting%s", name, meant(name, known))
	}
}
