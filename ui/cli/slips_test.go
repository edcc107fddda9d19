package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// slips are mistakes of people who are new to creel: what they type, the exit code,
// and a part of what they read.
const slips = `
lisen | 2 | did you mean: creel listen?
listne | 2 | did you mean: creel listen?
Listen | 2 | did you mean: creel listen?
serve | 2 | did you mean: creel listen?
server | 2 | did you mean: creel listen?
start | 2 | did you mean: creel listen?
run | 2 | did you mean: creel listen?
tail | 2 | did you mean: creel listen?
watch | 2 | did you mean: creel listen?
list | 2 | did you mean: creel ls?
history | 2 | did you mean: creel ls?
logs | 2 | did you mean: creel ls?
log | 2 | did you mean: creel ls?
requests | 2 | did you mean: creel ls?
replay | 2 | did you mean: creel resend?
retry | 2 | did you mean: creel resend?
repeat | 2 | did you mean: creel resend?
redeliver | 2 | did you mean: creel resend?
resed | 2 | did you mean: creel resend?
delete | 2 | did you mean: creel rm?
remove | 2 | did you mean: creel rm?
reset | 2 | did you mean: creel clear?
purge | 2 | did you mean: creel clear?
get | 2 | did you mean: creel show?
view | 2 | did you mean: creel show?
cat | 2 | did you mean: creel show?
inspect | 2 | did you mean: creel show?
kill | 2 | did you mean: creel stop?
quit | 2 | did you mean: creel stop?
ps | 2 | did you mean: creel status?
info | 2 | did you mean: creel status?
connect | 2 | did you mean: creel attach?
sttaus | 2 | did you mean: creel status?
atach | 2 | did you mean: creel attach?
dump | 2 | did you mean: creel export?
exprot | 2 | did you mean: creel export?
load | 2 | did you mean: creel import?
imprt | 2 | did you mean: creel import?
fire | 2 | did you mean: creel trigger?
triger | 2 | did you mean: creel trigger?
check | 2 | did you mean: creel verify?
verfy | 2 | did you mean: creel verify?
provider | 2 | did you mean: creel providers?
comment | 2 | did you mean: creel note?
docs | 2 | did you mean: creel help?
wiat | 2 | did you mean: creel wait?
xyzzy | 2 | neither a command, a port nor a URL
localhost | 2 | "localhost"
example.com | 2 | did you mean: creel http://example.com?
3000x | 2 | "3000x"
99999 | 2 | "99999"
0x10 | 2 | neither a command
ftp://x | 2 | only http, https and unix
http:// | 2 | http://
ws://localhost:3000 | 2 | only http, https and unix
3000 4000 | 2 | for more targets: creel -f
replay 1 | 2 | did you mean: creel resend?
list stripe 5 | 2 | did you mean: creel ls?
delete 1 2 | 2 | did you mean: creel rm?
99999 | 2 | the port is not between 1 and 65535
:0 | 2 | the port is not between 1 and 65535
localhost:70000 | 2 | the port is not between 1 and 65535
0.0.0.0:99999 | 2 | the port is not between 1 and 65535
trigger stripe --to 99999 | 2 | the port is not between 1 and 65535
listen --tunnel=ngrok -l :0 | 2 | --tunnel: tunnel "ngrok": want cloudflared
wait -- no-such-command | 1 | no-such-command is not installed, or not on PATH
mcp --allow everything | 2 | "everything" is not known: there is only act
import none.json | 1 | read none.json: no such file or directory
send none.http --to 3000 | 1 | read none.http: no such file or directory
verify none.http | 1 | read none.http: no such file or directory
/a=3000 | 2 | did you mean: creel -f /a=3000?
--help=x | 2 | neither true nor false
---help | 2 | is not a flag
--port 3000 | 2 | did you mean --listen?
--port=3000 | 2 | did you mean --listen?
-p 3000 | 2 | did you mean --listen?
--host 0.0.0.0 | 2 | did you mean --listen?
--bind :80 | 2 | did you mean --listen?
--target 3000 | 2 | did you mean --forward?
--url 3000 | 2 | did you mean --forward?
-t 3000 | 2 | did you mean --forward?
--forwrad 3000 | 2 | did you mean --forward?
--database x | 2 | did you mean --history?
--db x | 2 | did you mean --history?
-k | 2 | did you mean --insecure?
--https | 2 | did you mean --tls?
--public | 2 | did you mean --tunnel?
--status 500 | 2 | did you mean --reply?
--zzz | 2 | try: creel --help
-z | 2 | unknown flag: -z
-f | 2 | needs a value
--forward | 2 | needs a value
--reply | 2 | needs a value
--reply 99 | 2 | --reply: 
--reply 999 | 2 | --reply: 
--reply abc | 2 | --reply: 
--reply @nosuch | 2 | nosuch
--reply= | 2 | --reply
--keep many | 2 | --keep: "many" is not a whole number
--keep -1 | 2 | --keep: -1 is too small
--keep 0 | 2 | --keep: 0 is too small
--keep 1.5 | 2 | --keep: "1.5" is not a whole number
--keep 99999999999999999999 | 2 | too large
--keep-bytes big | 2 | --keep-bytes: "big" is not a size
--keep-bytes -5 | 2 | --keep-bytes: 
--keep-bytes 0 | 2 | --keep-bytes: "0" is too small
--max-body 0 | 2 | --max-body: "0" is too small
--max-body 1T | 2 | --max-body
--max-body 1G | 2 | is more than --keep-bytes
--inflight-bytes 0 | 2 | --inflight-bytes: 
--max-answer none | 2 | is not a size
--hold-timeout 0 | 2 | --hold-timeout: 0 is too short
--hold-timeout 5 | 2 | write it like 300ms, 5s or 2m
--hold-timeout -5s | 2 | is too short
--hold-timeout forever | 2 | is not a duration
--forward-timeout 0s | 2 | --forward-timeout: 0s is too short
--connect-timeout x | 2 | --connect-timeout: "x" is not a duration
--tunnel-for -1h | 2 | --tunnel-for: -1h is too short
--tls=maybe | 2 | --tls: "maybe" is neither true nor false
--cors=2 | 2 | --cors: "2" is neither true nor false
--sign maybe | 2 | --sign: "maybe" is not one of auto, always, never
--sign allways | 2 | did you mean always?
--handshakes offf | 2 | did you mean off?
--handshakes off --no-handshakes | 2 | exclude each other
--ephemeral --history x | 2 | exclude each other
--from https://smee.io/x --tunnel | 2 | exclude each other
--cert x | 2 | --cert and --key go together
--key x | 2 | --cert and --key go together
--cert text --key text | 2 | no certificate (PEM) is in it
--public-url hooks.example | 2 | want a whole URL
--secret stripe | 2 | stripe=env:STRIPE_WEBHOOK_SECRET
--secret nosuch=x | 2 | nosuch
--secret stripe=env:NOT_SET_ANYWHERE | 2 | NOT_SET_ANYWHERE is not set
--hold nokey:x | 2 | --hold: no key is called "nokey"
--hold status:500 | 2 | --hold: 
--config none.toml | 1 | none.toml
--history text | 1 | text
listen -l foo | 2 | want HOST:PORT, :PORT or PORT
listen -l 99999 | 2 | from 0 to 65535
listen -l 256.0.0.1:99 | 1 | 256.0.0.1
listen --json=x | 2 | --json: "x" is neither true nor false
listen --jsn | 2 | did you mean --json?
listen --silent | 2 | did you mean --quiet?
listen 3000 4000 | 2 | takes one URL
listen foo | 2 | "foo"
ls -n | 2 | needs a value
ls -n x | 2 | --number: "x" is not a whole number
ls -n -1 | 2 | --number: -1 is too small
ls -n 0 | 2 | --number: 0 is too small
ls --limit 5 | 2 | did you mean --number?
ls --last 5 | 2 | did you mean --number?
ls nokey:x | 2 | no key is called "nokey"
ls proivder:x | 2 | provider
ls age:x | 2 | age:<5m
ls is:nothing | 2 | no state is called "nothing"
ls status:abc | 2 | status
ls ( | 2 | filter
ls path:/a or | 2 | filter
ls jq:( | 2 | filter
ls --at nosuch | 1 | no creel is running
show | 2 | write 412, or '#412' in quotes
show x | 2 | "x" is not an id
show 1 2 | 2 | needs one id
show 0 | 2 | "0" is not an id
show -1 | 2 | unknown flag: -1
show 99 | 4 | no request #99
show @1 | 4 | the history is empty
resend | 2 | needs at least one id
resend x | 2 | "x" is not an id
resend 1 -n 0 | 2 | --number: 0 is too small
resend 1 -n x | 2 | --number: "x" is not a whole number
resend 1 --concurrency 0 | 2 | --concurrency: 0 is too small
resend 1 --timeout 0 | 2 | --timeout: 0 is too short
resend 1 --to | 2 | --to URL needs a value
resend 1 -f 3000 | 2 | unknown flag: -f
resend 1 --headers a:b | 2 | did you mean --header?
resend 99 --to 3000 | 4 | no request #99
send | 2 | needs a file
send nofile | 1 | nofile
trigger | 2 | needs a provider
trigger nosuch | 2 | "nosuch" is not known
trigger stripe invoice.paid | 2 | did you mean creel trigger stripe/invoice.paid?
trigger stripe.invoice.paid | 2 | did you mean stripe/invoice.paid?
trigger stripe/nosuch --to 1 | 2 | nosuch
export --format pdf | 2 | "pdf" is none of
export 99 | 4 | no request #99
export --out x | 2 | did you mean --output?
import | 2 | needs at least one file
import nofile | 1 | nofile
show 1 --body --raw | 2 | --body and --raw exclude each other
show 1 --raw --json | 2 | --raw and --json exclude each other
verify | 2 | needs one id
verify nofile | 1 | nofile
verify 1 --at yesterday | 2 | 2026-11-23T13:37:00Z, or now
sign | 2 | needs one id
sign 1 --dev-key | 2 | --dev-key needs --provider
providers a b | 2 | takes one provider
providers nosuch | 2 | nosuch
rules | 2 | needs one of check, reload
team | 2 | needs one of doctor, init, repair, status
team stauts | 2 | did you mean: creel team status?
listen --secret foo=bar | 2 | "foo" is not known: creel providers lists them
listen --secret strpe=bar | 2 | did you mean stripe?
rules chek | 2 | did you mean: creel rules check?
rules check | 2 | needs a file of rules
rules check none.toml | 1 | none.toml
target | 2 | needs one of add, ls, off, on, rm
target list | 2 | did you mean: creel target ls?
target delete | 2 | did you mean: creel target rm?
target add | 2 | needs one target
reply 503 | 1 | no creel is running
reply --clear 503 | 1 | no creel is running
hold path:/a | 1 | no creel is running
answer 1 | 2 | needs an id or @held, and a reply
release 1 2 | 2 | takes one id or @held
stop | 1 | no creel is running
stop now | 2 | takes no argument, but was given "now"
attach a b | 2 | takes one ssh://
attach staging | 2 | attach staging: want ssh://[USER@]HOST
attach ssh:// | 2 | want ssh://[USER@]HOST
attach ssh://-oProxyCommand=x | 2 | want ssh://[USER@]HOST
attach http://staging | 2 | want ssh://[USER@]HOST
note | 2 | needs an id and a text
note 1 | 2 | needs an id and a text
note x text | 2 | "x" is not an id
pin | 2 | needs at least one id
pin path:/a | 2 | "path:/a" is not an id
rm | 2 | needs at least one id
rm 99 | 4 | no request #99
rm @0 | 2 | "@0" is not an id
rm 1 2x | 2 | "2x" is not an id
ls #0 | 2 | "#0" is not an id
export @0 | 2 | "@0" is not an id
stats @0 | 2 | "@0" is not an id
ls ( | 2 | this ( is not closed
clear --force | 2 | did you mean --yes?
clear all | 2 | takes no argument
wait --count 0 | 2 | --count: 0 is too small
wait --count x | 2 | --count: "x" is not a whole number
wait --exactly -1 | 2 | --exactly: -1 is too small
wait --count 1 --none | 2 | --count and --none exclude each other
wait --exactly 1 --none | 2 | --exactly and --none exclude each other
wait --timeout 0 | 2 | --timeout: 0 is too short
wait --timeout 30 | 2 | write it like 300ms, 5s or 2m
wait --settle -1s | 2 | is less than no time
wait nokey:x -- true | 2 | no key is called "nokey"
help nosuch | 2 | no command or topic "nosuch"
help filter | 2 | did you mean: creel help filters?
help replay | 2 | did you mean: creel help resend?
help --schema | 2 | creel help json --schema
completion | 2 | bash, zsh, fish, powershell
completion tcsh | 2 | no completion for the shell "tcsh"
keys now | 2 | takes no argument
man creel | 2 | takes no argument
version 2 | 2 | takes no argument
status x | 2 | takes no argument
doctor x | 2 | takes no argument
`

// Each slip gets a clear sentence and the right exit code, at once.
func TestSlips(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "text"), []byte("no certificate, and no history either\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(strings.TrimSpace(slips)) {
		part := strings.SplitN(strings.TrimSpace(line), " | ", 3)
		args, code, says := strings.Fields(part[0]), part[1], part[2]
		cmd := creelCommand(t, filepath.Join(dir, "history.db"))
		cmd.Args = append(cmd.Args, args...)
		cmd.Dir = dir
		cmd.Env = append(cmd.Env, "CREEL_HISTORY=")
		got, text := slip(t.Context(), cmd)
		switch {
		case got != code:
			t.Errorf("creel %s: exit code %s, not %s: %s", part[0], got, code, text)
		case !strings.Contains(text, says) || !strings.HasPrefix(text, "creel: "):
			t.Errorf("creel %s: does not say %q: %s", part[0], says, text)
		}
		for _, bad := range []string{"strconv", "time: invalid", "time: missing", "goroutine", "map[", "interface", "%!", "panic", "arg(s)", "invalid syntax", "pflag", "<nil>"} {
			if strings.Contains(text, bad) {
				t.Errorf("creel %s: %q is no word for people: %s", part[0], bad, text)
			}
		}
	}
}

// slip runs a command that must end by itself, and gives its exit code and what it
// says.
func slip(ctx context.Context, cmd *exec.Cmd) (code, text string) {
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		return "none", err.Error()
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait() // the code says it
	if !stop() {
		return "none: it did not end", errs.String()
	}
	return string(rune('0' + cmd.ProcessState.ExitCode())), errs.String()
}

// The nearest word is meant: of those as near the one that begins alike the longest, of
// those the first; and none that is far.
func TestNearest(t *testing.T) {
	for _, tt := range []struct {
		word  string
		words []string
		want  string
	}{
		{"abc", nil, ""},
		{"ab", []string{"ac"}, ""},
		{"abc", []string{"abd"}, "abd"},
		{"abc", []string{"abcde", "axy"}, ""},
		{"abcdef", []string{"abxyef"}, "abxyef"},
		{"abcdef", []string{"abxyzf"}, ""},
		{"--abc", []string{"--axy"}, ""},
		{"abcdef", []string{"aacdef", "abcxyf"}, "aacdef"},
		{"abcdef", []string{"abcdxy", "bbcdef"}, "bbcdef"},
		{"abcdef", []string{"aacdef", "abcdeg"}, "abcdeg"},
		{"abcdef", []string{"abcdeg", "xbcdef"}, "abcdeg"},
		{"abcdef", []string{"abcdeh", "abcdeg"}, "abcdeg"},
		{"acb", []string{"abc"}, "abc"},
	} {
		if got := nearest(tt.word, tt.words); got != tt.want {
			t.Errorf("%s of %q: %q, want %q", tt.word, tt.words, got, tt.want)
		}
	}
}
