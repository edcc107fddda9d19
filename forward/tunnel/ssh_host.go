package tunnel

import (
	"bufio"
	"cmp"
	"fmt"
	"net"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// sshHost is where an ssh server is reached, and as whom.
type sshHost struct {
	name, user    string
	port          int
	identityFiles []string
}

func (h sshHost) address() string { return net.JoinHostPort(h.name, strconv.Itoa(h.port)) }

// resolve completes a spec with what ~/.ssh/config says of its host: HostName,
// User, Port and IdentityFile. A ProxyJump or ProxyCommand is an error: it is not
// supported, and without it the wrong server would be asked.
func (c SSHConfig) resolve(s Spec) (sshHost, error) {
	h := sshHost{name: s.Host, user: s.User, port: s.Port}
	set, err := c.userConfig(s.Host)
	if err != nil {
		return h, err
	}
	for _, key := range []string{"ProxyJump", "ProxyCommand"} {
		if v := set[strings.ToLower(key)]; len(v) > 0 && v[0] != "none" {
			return h, fmt.Errorf("%s: ~/.ssh/config has %s %s for it, which creel does not support: run `ssh -R` by hand, with --public-url", s.Host, key, v[0])
		}
	}
	if v := set["hostname"]; len(v) > 0 {
		h.name = strings.ReplaceAll(v[0], "%h", s.Host)
	}
	if v := set["user"]; len(v) > 0 && h.user == "" {
		h.user = v[0]
	}
	if v := set["port"]; len(v) > 0 && h.port == 0 {
		if h.port, err = parsePort(v[0]); err != nil {
			return h, fmt.Errorf("~/.ssh/config: Port of %s: %w", s.Host, err)
		}
	}
	h.port, h.user = cmp.Or(h.port, 22), cmp.Or(h.user, os.Getenv("USER"), "creel")
	for _, f := range set["identityfile"] {
		if rest, ok := strings.CutPrefix(f, "~/"); ok {
			f = filepath.Join(c.Home, rest)
		}
		h.identityFiles = append(h.identityFiles, f)
	}
	if len(h.identityFiles) == 0 && c.Home != "" {
		for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
			h.identityFiles = append(h.identityFiles, filepath.Join(c.Home, ".ssh", name))
		}
	}
	return h, nil
}

// userConfig reads what applies to a host in ~/.ssh/config, by keyword in lower
// case. The first value of a keyword is the one that counts, as in ssh_config(5).
// Match blocks are skipped.
func (c SSHConfig) userConfig(host string) (map[string][]string, error) {
	set := map[string][]string{}
	if c.Home == "" {
		return set, nil
	}
	f, err := os.Open(filepath.Join(c.Home, ".ssh", "config"))
	if os.IsNotExist(err) {
		return set, nil
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	applies := true
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value := configLine(lines.Text())
		switch key {
		case "":
		case "host":
			applies = hostMatches(strings.Fields(value), host)
		case "match":
			applies = false
		default:
			if applies && value != "" {
				set[key] = append(set[key], strings.Trim(value, `"`))
			}
		}
	}
	return set, lines.Err()
}

// configLine splits "Keyword value" or "Keyword=value".
func configLine(line string) (key, value string) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", ""
	}
	i := strings.IndexAny(line, " \t=")
	if i < 0 {
		return strings.ToLower(line), ""
	}
	return strings.ToLower(line[:i]), strings.TrimSpace(strings.TrimLeft(line[i:], " \t="))
}

// hostMatches reports whether a host fits the patterns of a Host line.
func hostMatches(patterns []string, host string) bool {
	found := false
	for _, p := range patterns {
		negated := strings.HasPrefix(p, "!")
		if ok, _ := path.Match(strings.TrimPrefix(p, "!"), host); ok {
			if negated {
				return false
			}
			found = true
		}
	}
	return found
}
