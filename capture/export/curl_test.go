package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// arrived is what a receiver saw.
type arrived struct {
	Method, Target, Host, Sum, Odd string
	A                              []string
	Size                           int
	Agent, Accept, Type            bool
}

func receiver(t *testing.T) (host string, next func() arrived) {
	t.Helper()
	got := make(chan arrived, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sum := sha256.Sum256(body)
		got <- arrived{
			Method: r.Method, Target: r.RequestURI, Host: r.Host, Sum: hex.EncodeToString(sum[:]), Size: len(body),
			A: r.Header["X-A"], Odd: r.Header.Get("X-Odd"),
			Agent: r.Header.Get("User-Agent") != "", Accept: r.Header.Get("Accept") != "", Type: r.Header.Get("Content-Type") != "",
		}
	}))
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().(*net.TCPAddr).String(), func() arrived {
		select {
		case a := <-got:
			return a
		default:
			return arrived{Method: "nothing arrived"}
		}
	}
}

func shells(t *testing.T) []string {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl")
	}
	var out []string
	for _, s := range []string{"sh", "bash", "dash", "zsh", "ksh"} {
		if _, err := exec.LookPath(s); err == nil {
			out = append(out, s)
		}
	}
	return out
}

// bodies are what a body may be, among them those for which a shell word, a
// here-document or a command substitution would not do.
func bodies() []string {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return append([]string{
		string(all), strings.Repeat("x", maxWord+1), strings.Repeat("日本\n", maxPrintf/4), string(all) + strings.Repeat("'\\%", 50000),
	}, hostile...)
}

// TestCurlSendsTheSame runs what the format writes, with every shell there is,
// and once with bodies beside.
func TestCurlSendsTheSame(t *testing.T) {
	shells := shells(t)
	host, next := receiver(t)
	dir := t.TempDir()
	for i, body := range bodies() {
		ex := requestTo(host, body)
		sum := sha256.Sum256([]byte(body))
		want := arrived{
			Method: "POST", Target: ex.Request.Target, Host: host, Sum: hex.EncodeToString(sum[:]), Size: len(body),
			A: []string{"1", "it's $HOME"}, Odd: "a\tü", Agent: false, Accept: false, Type: false,
		}
		for _, opt := range []Options{{}, {Aside: aside(dir)}} {
			script, _, err := curl.One(context.Background(), ex, opt)
			if err != nil {
				t.Fatal(err)
			}
			for _, sh := range shells {
				cmd := exec.Command(sh)
				cmd.Stdin, cmd.Dir = strings.NewReader(string(script)), dir
				out, err := cmd.CombinedOutput()
				if diff := cmp.Diff(want, next()); diff != "" {
					t.Fatalf("body %d with %s: %v %s\n%s\n%.500s", i, sh, err, out, diff, script)
				}
				if i > 3 && len(body) < 20 && opt.Aside != nil {
					break // small bodies are never beside: once is enough
				}
			}
		}
	}
}

// TestHTTPieSendsTheSame runs what the format writes, where HTTPie is installed.
func TestHTTPieSendsTheSame(t *testing.T) {
	if _, err := exec.LookPath("http"); err != nil {
		t.Skip("no HTTPie")
	}
	host, next := receiver(t)
	dir := t.TempDir()
	for _, body := range append(programBodies(), strings.Repeat("日本\n", maxPrintf/4)) {
		ex := requestTo(host, body)
		sum := sha256.Sum256([]byte(body))
		script, _, err := httpie.One(context.Background(), ex, Options{Aside: aside(dir)})
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sh")
		cmd.Stdin, cmd.Dir = strings.NewReader(string(script)), dir
		out, err := cmd.CombinedOutput()
		got := next()
		want := arrived{
			Method: "POST", Host: host, Sum: hex.EncodeToString(sum[:]), Size: len(body),
			A: []string{"1", "it's $HOME"}, Odd: "a\tü",
			Target: got.Target, Type: got.Type, Agent: got.Agent, // these HTTPie makes as it likes
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("body %.40q: %v %s\n%s\n%.600s", body, err, out, diff, script)
		}
	}
}

func requestTo(host, body string) *capture.Exchange {
	return &capture.Exchange{ID: 7, Request: capture.Request{
		Method: "POST", Target: "/a/../b//c?x=%2F&y[]={1,2}&z=a+b'", Host: host, Proto: "HTTP/1.1", Exact: true,
		Fields: []capture.Field{
			{Name: "Host", Value: host},
			{Name: "X-A", Value: "1"},
			{Name: "X-A", Value: "it's $HOME"},
			{Name: "X-Odd", Value: "a\tü"},
			{Name: "Content-Length", Value: "1"},
		},
		Body: capture.NewBody([]byte(body)),
	}}
}

func aside(dir string) func(string, []byte) (string, error) {
	return func(name string, data []byte) (string, error) {
		return name, os.WriteFile(filepath.Join(dir, name), data, 0o600)
	}
}

func TestCurlOddTargets(t *testing.T) {
	shells := shells(t)
	host, next := receiver(t)
	for _, target := range []string{"/", "//x", "/a#b", "/\xc3\xbc", "/?", "/a?b?c", "/%zz", "*", "/a;b|c&d", "/$(id)`id`"} {
		ex := requestTo(host, "")
		ex.Request.Target = target
		if target == "*" {
			ex.Request.Method = "OPTIONS"
		}
		script, _, err := curl.One(context.Background(), ex, Options{})
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(shells[0])
		cmd.Stdin = strings.NewReader(string(script))
		out, _ := cmd.CombinedOutput()
		got := next()
		if target == "*" || target == "/%zz" {
			continue // the receiver refuses them by itself
		}
		if got.Target != target {
			t.Errorf("target %q arrived as %q: %s\n%s", target, got.Target, out, script)
		}
	}
}

// TestReadBack reads what the formats for others write: nothing that matters is
// lost on the way.
func TestReadBack(t *testing.T) {
	for _, name := range []string{"curl", "har", "raw"} {
		f, _ := Find(name)
		for _, body := range bodies() {
			ex := requestTo("example.com:8080", body)
			ex.Request.Fields[4].Value = itoa(len(body))
			out, _, err := f.One(context.Background(), ex, Options{WithSecrets: true})
			if err != nil {
				t.Fatal(err)
			}
			back, err := Read(out, time.Time{})
			if err != nil || len(back) != 1 {
				t.Fatalf("%s: body %.50q: %d, %v\n%.300s", name, body, len(back), err, out)
			}
			r := back[0].Request
			if got := bodyText(r.Body); got != body {
				t.Errorf("%s: body %.50q read back as %.50q", name, body, got)
			}
			if r.Method != "POST" || r.Target != ex.Request.Target || r.Host != ex.Request.Host {
				t.Errorf("%s: %s %s %s", name, r.Method, r.Host, r.Target)
			}
			if v, _ := r.Get("X-Odd"); v != "a\tü" {
				t.Errorf("%s: X-Odd is %q", name, v)
			}
		}
	}
}

func itoa(n int) string {
	return strconv.Itoa(n)
}

func TestReadCurl(t *testing.T) {
	for _, tt := range []struct {
		in, method, target, body string
		fields                   []capture.Field
	}{
		{"curl -d '{\"hello\":1}' http://127.0.0.1:4665/hook", "POST", "/hook", `{"hello":1}`, []capture.Field{
			{Name: "Host", Value: "127.0.0.1:4665"},
			{Name: "User-Agent", Value: curlAgent},
			{Name: "Accept", Value: "*/*"},
			{Name: "Content-Length", Value: "11"},
			{Name: "Content-Type", Value: "application/x-www-form-urlencoded"},
		}},
		{"curl 'https://h/x?a=1&b=2' \\\n  -H 'accept: a/b' \\\n  -H 'cookie;' \\\n  --data-raw $'a\\u0021\\'\\n' \\\n  --compressed", "POST", "/x?a=1&b=2", "a!'\n", []capture.Field{
			{Name: "Host", Value: "h"},
			{Name: "User-Agent", Value: curlAgent},
			{Name: "Accept-Encoding", Value: "deflate, gzip, br, zstd"},
			{Name: "accept", Value: "a/b"},
			{Name: "cookie"},
			{Name: "Content-Length", Value: "4"},
			{Name: "Content-Type", Value: "application/x-www-form-urlencoded"},
		}},
		{"$ curl -sSXPUT h:3000 --json '{}' -u a:b", "PUT", "/", "{}", []capture.Field{
			{Name: "Host", Value: "h:3000"},
			{Name: "Authorization", Value: "Basic YTpi"},
			{Name: "User-Agent", Value: curlAgent},
			{Name: "Content-Type", Value: "application/json"},
			{Name: "Accept", Value: "application/json"},
			{Name: "Content-Length", Value: "2"},
		}},
		{"curl -G http://h/p -d a=1 --data-urlencode 'q=x y' -H Accept:", "GET", "/p?a=1&q=x+y", "", []capture.Field{{Name: "Host", Value: "h"}, {Name: "User-Agent", Value: curlAgent}}},
		{"curl -I -o /dev/null http://h", "HEAD", "/", "", []capture.Field{{Name: "Host", Value: "h"}, {Name: "User-Agent", Value: curlAgent}, {Name: "Accept", Value: "*/*"}}},
	} {
		got, err := Read([]byte(tt.in), time.Time{})
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		r := got[0].Request
		if r.Method != tt.method || r.Target != tt.target || bodyText(r.Body) != tt.body {
			t.Errorf("%s: %s %s %q", tt.in, r.Method, r.Target, bodyText(r.Body))
		}
		if diff := cmp.Diff(tt.fields, r.Fields); diff != "" {
			t.Errorf("%s: %s", tt.in, diff)
		}
	}
}

// A field without a value is written with a semicolon: curl takes "X-A:" for one that it is
// to leave out.
func TestCurlKeepsEmptyFields(t *testing.T) {
	f, err := Find("curl")
	if err != nil {
		t.Fatal(err)
	}
	ex := &capture.Exchange{ID: 1, Request: capture.Request{
		Method: "GET", Target: "/", Host: "h", Proto: "HTTP/1.1", Fields: []capture.Field{{Name: "Host", Value: "h"}, {Name: "X-A"}, {Name: "X-B", Value: "b"}},
	}}
	b, _, err := f.One(t.Context(), ex, Options{})
	if err != nil || !strings.Contains(string(b), "'X-A;'") || !strings.Contains(string(b), "'X-B: b'") {
		t.Fatalf("%s, %v", b, err)
	}
	got, err := Read(b, time.Time{})
	if err != nil || len(got) != 1 {
		t.Fatal(len(got), err)
	}
	if v, ok := got[0].Request.Get("X-A"); !ok || v != "" {
		t.Errorf("read back: %q, %v", v, ok)
	}
}

// TestCurlOptionsTurnedOff: what would be refused, or change the request, is not
// on.
func TestCurlOptionsTurnedOff(t *testing.T) {
	list, err := Read([]byte("curl --no-netrc --no-digest --get --no-get --no-compressed -d x http://h/ | jq . | grep x\ncurl -- -host/"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	r := list[0].Request
	if _, compressed := r.Get("Accept-Encoding"); len(list) != 2 || r.Method != "POST" || compressed || bodyText(r.Body) != "x" || list[1].Request.Host != "-host" {
		t.Errorf("%+v", r)
	}
}

func TestCurlWithoutAnAddress(t *testing.T) {
	for _, script := range []string{"curl -X PUT", "curl -X PUT /", "curl -d '{}' ?a=1"} {
		if list, err := Read([]byte(script), time.Now()); err == nil {
			t.Errorf("%s: %+v", script, list[0].Request)
		}
	}
}
