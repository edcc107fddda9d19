package cli

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"creel/capture"
	"creel/capture/atomicfile"
	"creel/capture/redact"
	"creel/capture/tomlfile"
)

// redaction is what exports for others hide besides what they always do: by the
// [[redact]] of the configuration and of --redact, and the configured secrets.
func (p *program) redaction() (redact.Config, error) {
	c := redact.Config{Rules: p.opts.file.Redact}
	if p.opts.redact != "" {
		more, err := p.readRedact(p.opts.redact)
		if err != nil {
			return c, err
		}
		c.Rules = append(c.Rules[:len(c.Rules):len(c.Rules)], more...)
	}
	if secrets, err := p.secrets(); err == nil { // one that cannot be read is in no export either
		for _, s := range secrets {
			c.Known = append(c.Known, s.Value)
		}
	}
	if len(c.Rules) > 0 {
		key, err := p.redactKey()
		if err != nil {
			return c, fmt.Errorf("key for placeholders: %w", err)
		}
		c.Key = key
	}
	return c, nil
}

func (p *program) readRedact(path string) ([]redact.Rule, error) {
	data, err := tomlfile.Read(path)
	if err != nil {
		return nil, usagef("%s: %w", p.opts.origin("redact"), err)
	}
	var file struct {
		Redact []redact.Rule `toml:"redact"`
	}
	err = toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&file)
	if unknown := (*toml.StrictMissingError)(nil); errors.As(err, &unknown) {
		line, col := unknown.Errors[0].Position()
		return nil, usagef("%s:%d:%d: unknown key %s: a rule has name and one of pointer, key, header, query, pattern", path, line, col, strings.Join(unknown.Errors[0].Key(), "."))
	}
	if err != nil {
		return nil, fileError(path, data, err)
	}
	if err := checkRedact(path, data, file.Redact); err != nil {
		return nil, err
	}
	if len(file.Redact) == 0 {
		return nil, usagef("%s: no [[redact]] in it", path)
	}
	return file.Redact, nil
}

// checkRedact says what is wrong with the [[redact]] of a file, and where.
func checkRedact(path string, text []byte, rules []redact.Rule) error {
	for i, r := range rules {
		if key, err := r.Check(); err != nil {
			return usagef("%s: redact %d: %w", placeOf(path, text, "redact", i, key), i+1, err)
		}
	}
	return nil
}

// redactKey is the key for the placeholders of the history: made of one that is
// kept in the state directory, and of where the history is.
func (p *program) redactKey() ([]byte, error) {
	file := filepath.Join(p.keyDir(), "redact")
	master, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(master) < 32 {
		master = make([]byte, 32)
		_, _ = rand.Read(master) // never fails
		if err = os.MkdirAll(p.keyDir(), 0o700); err == nil {
			err = atomicfile.Write(file, master, 0o600)
		}
	}
	if err != nil {
		return nil, err
	}
	history := p.opts.historyPath(p.env)
	if abs, err := filepath.Abs(history); err == nil {
		history = abs
	}
	mac := hmac.New(sha256.New, master)
	mac.Write([]byte(history))
	return mac.Sum(nil), nil
}

// redactionOf is what an export of a selection hides: also the secrets that the creel
// which captures knows by now, such as one that was typed on its screen.
func (p *program) redactionOf(ctx context.Context, h *history, sel selection, withSecrets bool) (redact.Config, error) {
	c, err := p.redaction()
	if err != nil || h.running == nil || withSecrets {
		return c, err
	}
	var list []*capture.Exchange // none: all
	if len(sel.ids) > 0 {
		if list, err = h.find(ctx, sel.ids); err != nil {
			return c, err
		}
	}
	known, err := h.running.Providers.SecretsIn(ctx, list)
	c.Known = append(c.Known, known...)
	return c, err
}
