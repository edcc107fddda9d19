package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

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
