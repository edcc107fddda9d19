package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// TestProgramsSendTheSame runs the code that the formats write, where there is
// something to run it with.
func TestProgramsSendTheSame(t *testing.T) {
	for _, tt := range []struct {
		format string
		run    []string
		exact  bool // sends fields as given; fetch adds its own and joins those of one name
		slow   bool
	}{
		{format: "python", run: []string{"python3"}, exact: true},
		{format: "fetch", run: []string{"node"}},
		{format: "go", run: []string{"go", "run"}, exact: true, slow: true},
	} {
		t.Run(tt.format, func(t *testing.T) {
			if _, err := exec.LookPath(tt.run[0]); err != nil || tt.slow && testing.Short() {
				t.Skip("nothing to run it with")
			}
			f, err := Find(tt.format)
			if err != nil {
				t.Fatal(err)
			}
			host, next := receiver(t)
			list := programBodies()
			if tt.slow {
				list = list[:1]
			}
			for _, body := range list {
				got := runProgram(t, f, tt.run, requestTo(host, body), next)
				sum := sha256.Sum256([]byte(body))
				want := arrived{
					Method: "POST", Target: got.Target, Host: host, Sum: hex.EncodeToString(sum[:]), Size: len(body),
					A: got.A, Odd: got.Odd, Agent: got.Agent, Accept: got.Accept,
				}
				if tt.exact {
					want.Target, want.A, want.Odd = requestTo(host, "").Request.Target, []string{"1", "it's $HOME"}, "a\tü"
					want.Agent, want.Accept = false, false
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("body %.40q: %s", body, diff)
				}
			}
		})
	}
}

// programBodies are few: a program takes a while to start.
func programBodies() []string {
	all := bodies()[0]
	return []string{all, "", "'\"\\ ${x} `id` %s\r\n\u2028\u202e é", "a\x00b"}
}

func runProgram(t *testing.T, f Format, run []string, ex *capture.Exchange, next func() arrived) arrived {
	t.Helper()
	if f.Name == "fetch" { // it refuses what is not Latin-1, and keeps no tab
		ex.Request.Fields = ex.Request.Fields[:3]
	}
	out, _, err := f.One(context.Background(), ex, Options{})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "main."+f.Ext)
	if err := os.WriteFile(file, out, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(run[0], append(run[1:], file)...).CombinedOutput()
	got := next()
	if err != nil {
		t.Errorf("%s: %v: %s\n%.2000s", f.Name, err, said, out)
	}
	return got
}
