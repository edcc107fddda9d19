package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/redact"
)

// sample is an exchange that says something in every field.
func sample() *capture.Exchange {
	at := time.Date(2026, 11, 23, 13, 37, 0, 123456789, time.UTC)
	return &capture.Exchange{
		ID: 412, At: at, State: capture.StateAnswered,
		Request: capture.Request{
			Method: "POST", Target: "/hooks/stripe?x=%2F&token=s3cret", Host: "127.0.0.1:4665", Proto: "HTTP/1.1",
			Remote: "127.0.0.1:53122", Exact: true, Size: 7, Body: capture.NewBody([]byte(`{"a":1}`)),
			Fields: []capture.Field{
				{Name: "Host", Value: "127.0.0.1:4665"},
				{Name: "content-type", Value: "application/json"},
				{Name: "X-A", Value: "1"},
				{Name: "X-A", Value: "2"},
				{Name: "Content-Length", Value: "7"},
				{Name: "Authorization", Value: "Bearer abc.def"},
				{Name: "Stripe-Signature", Value: "t=1,v1=aa"},
			},
		},
		Sender:    capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: "evt_1", Try: 1},
		Signature: capture.Signature{Verdict: capture.Valid},
		Reply: capture.Reply{
			Status: 200, By: "default", Took: 400 * time.Microsecond, Body: capture.NewBody([]byte("ok")),
			Fields: []capture.Field{{Name: "Set-Cookie", Value: "id=1"}},
		},
		Attempts: []*capture.Attempt{{
			N: 1, At: at, To: "http://localhost:3000/hooks", Method: "POST", Target: "/hooks", SameBody: true,
			Reply:   capture.Reply{Status: 200, Body: capture.NewBody([]byte("ok"))},
			Connect: 200 * time.Microsecond, FirstByte: 11800 * time.Microsecond, Took: 12100 * time.Microsecond,
			Changes: []string{"Host: localhost:3000"}, Resend: true,
		}},
		Note: "see <this>",
	}
}

func TestJSONLine(t *testing.T) {
	got, err := JSONLine(context.Background(), nil, sample())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"type":"exchange","id":412,"at":"2026-11-23T13:37:00.123456789Z","method":"POST","target":"/hooks/stripe?x=%2F&token=s3cret","host":"127.0.0.1:4665",` +
		`"proto":"HTTP/1.1","remote":"127.0.0.1:53122","tls":false,"headers":[["Host","127.0.0.1:4665"],["content-type","application/json"],["X-A","1"],["X-A","2"],["Content-Length","7"],["Authorization","Bearer abc.def"],["Stripe-Signature","t=1,v1=aa"]],` +
		`"headers_exact":true,"trailers":[],"body":"{\"a\":1}","body_encoding":"utf-8","size":7,"sha256":"015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862","truncated":false,"incomplete":false,"malformed":"",` +
		`"state":"answered","reply":{"status":200,"headers":[["Set-Cookie","id=1"]],"body":"ok","body_encoding":"utf-8","by":"default","took_ms":0.4},` +
		`"attempts":[{"type":"attempt","exchange":412,"n":1,"at":"2026-11-23T13:37:00.123456789Z","to":"http://localhost:3000/hooks","method":"POST","target":"/hooks","headers":[],"body":"","body_encoding":"utf-8","same_body":true,` +
		`"status":200,"reply":{"status":200,"headers":[],"body":"ok","body_encoding":"utf-8","size":2},"connect_ms":0.2,"first_byte_ms":11.8,"took_ms":12.1,"cause":"","error":"","resend":true,"edited":false,"signed":false,"changes":["Host: localhost:3000"]}],` +
		`"provider":"stripe","event":"invoice.paid","delivery":"evt_1","try":1,"handshake":"","signature":{"verdict":"valid","reason":"","explanation":""},` +
		`"pending":false,"pinned":false,"note":"see <this>"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// hostile are texts that a terminal or a careless quoting acts on.
var hostile = []string{
	"", "plain", "it's", "'", "''", "\\", "-d", "--", "@file", "$(id)", "`id`", "$HOME", "%s %% %n", "a\nb", "\n", "end\n\n",
	"\r", "a\r\nb\r\n", "\t", "\x00", "a\x00b\x00", "\x1b[31m", "\x7f", "\u009b31m", "\xff\xfe", "\xc3", "ünïcödé 日本 👩‍👩‍👧", "\u202e", "\u2028\u2029",
	"\ufeff", "\U000e0041", "!history", "~", "*", "#c", "{\"a\":\"\\u0000\"}", "<a>", "###\nGET /", "< file", "{{x}}", "\\047", "\\n", "x\\",
}

func TestJSONStringsActOnNothing(t *testing.T) {
	for _, s := range hostile {
		got := string(appendString(nil, s))
		for _, r := range got {
			if acts(r) {
				t.Errorf("%q: %q has %U", s, got, r)
			}
		}
		var back string
		if err := json.Unmarshal([]byte(got), &back); err != nil {
			t.Errorf("%q: %v", s, err)
		} else if want := strings.ToValidUTF8(s, "\ufffd"); len(s) < 2 && back != want {
			t.Errorf("%q: read back as %q", s, back)
		}
	}
}

func TestJSONLinesReadBack(t *testing.T) {
	for _, body := range hostile {
		ex := sample()
		ex.Request.Body, ex.Request.Size = capture.NewBody([]byte(body)), int64(len(body))
		ex.Reply.Body = capture.NewBody([]byte(body))
		ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "X-Odd", Value: "\xffa\tb"})
		ex.Attempts[0].Fields = []capture.Field{{Name: "X-Odd", Value: "\xff"}}
		ex.Sender.Late = true
		ex.Request.Trailers = []capture.Field{{Name: "X-T", Value: "1"}}
		line, err := JSONLine(context.Background(), nil, ex)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Read(line, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		want := *ex
		want.ImportedFrom, want.ID = want.ID, 0
		want.Request.Head = requestHead(&ex.Request) // the head was not UTF-8
		if diff := cmp.Diff(&want, back[0], cmp.Transformer("body", bodyText)); diff != "" {
			t.Errorf("body %q: %s", body, diff)
		}
	}
}

func bodyText(b capture.Body) string {
	data, _ := b.Bytes(context.Background())
	return string(data)
}

func TestFormatsSayNothingThatActs(t *testing.T) {
	for _, f := range Formats() {
		for _, odd := range hostile {
			ex := sample()
			ex.Request.Method += odd
			ex.Request.Target += odd
			ex.Request.Body = capture.NewBody([]byte(odd))
			ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "X-Odd", Value: odd})
			ex.Reply.Body = capture.NewBody([]byte(odd))
			ex.Sender.Event = odd
			out, _, err := f.One(context.Background(), ex, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if f.Name == "raw" {
				continue
			}
			for _, r := range string(out) {
				if acts(r) && r != '\n' && !(r == '\t' && (f.Name == "http" || f.Name == "go")) {
					t.Errorf("%s: %q gives %U in\n%q", f.Name, odd, r, out)
					break
				}
			}
		}
	}
}

func TestMasking(t *testing.T) {
	canaries := []string{"s3cret", "abc.def", "t=1,v1=aa", "id=1", "whsec_known1", "tok123", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"}
	ex := sample()
	ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "X-Goog-Iap", Value: "assertion eyJhbGciOiJIUzI1NiJ9.e30.c2ln"})
	ex.Request.Body = capture.NewBody([]byte(`{"token": "tok123", "x":"whsec_known1", "n": 1e2}`))
	for _, f := range Formats() {
		out, res, err := f.One(context.Background(), ex, Options{Redact: redact.Config{Known: []string{"whsec_known1"}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range canaries {
			if f.Exact != strings.Contains(unquoted(f, string(out)), c) && !(f.Name == "raw" && c == "id=1") {
				t.Errorf("%s: %q masked: %v\n%s", f.Name, c, !f.Exact, out)
				if c == "id=1" {
					t.Log("the reply")
				}
			}
		}
		if !f.Exact && len(res.Masked) == 0 {
			t.Errorf("%s: does not say that it masked", f.Name)
		}
		if !f.Exact && !bytes.Contains(out, []byte("masked")) {
			t.Errorf("%s: the output does not say that it masked:\n%s", f.Name, out)
		}
		if out, _, _ = f.One(context.Background(), ex, Options{WithSecrets: true}); !strings.Contains(unquoted(f, string(out)), "abc.def") {
			t.Errorf("%s: masked although told not to", f.Name)
		}
	}
}

func unquoted(f Format, s string) string { return strings.ReplaceAll(s, `\"`, `"`) }

// A length stays as it came, unless the body became another.
func TestLengthOfAMaskedBody(t *testing.T) {
	for _, tt := range []struct {
		body    string
		chunked bool
		want    string
	}{
		{`{"token": "tok123"}`, false, "16"},
		{`{"token": "tok123"}`, true, "+1"},
		{`{}`, false, "+1"},
	} {
		ex := sample()
		ex.Request.Body, ex.Request.Chunked = capture.NewBody([]byte(tt.body)), tt.chunked
		ex.Request.Fields = []capture.Field{{Name: "content-length", Value: "+1"}}
		out, _, err := har.One(t.Context(), ex, Options{})
		if want := fmt.Sprintf(`{"name":"content-length","value":"%s"}`, tt.want); err != nil || !strings.Contains(strings.ReplaceAll(string(out), `": "`, `":"`), want) {
			t.Errorf("%s, chunked %v: %v\n%s", tt.body, tt.chunked, err, out)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"empty", " \n", "empty"},
		{"prose", "hello there", "neither"},
		{"broken line", `{"type":"exchange"`, "line 1"},
		{"unknown type", `{"type":"x"}`, `"x" is unknown`},
		{"bad base64", `{"type":"exchange","body":"!","body_encoding":"base64"}`, "body"},
		{"curl reads a file", `curl -d @/etc/passwd http://x/`, "/etc/passwd"},
		{"curl open quote", `curl 'http://x`, "quote"},
		{"bad length", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "Content-Length"},
		{"bad chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunks"},
		{"har URL", `{"log":{"entries":[{"request":{"url":"file:///etc/passwd"}}]}}`, "no entry that is an HTTP"},
	} {
		if _, err := Read([]byte(tt.in), time.Time{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v does not say %q", tt.name, err, tt.want)
		}
	}
}

func TestWhatIsGoneIsLeftOut(t *testing.T) {
	ex := sample()
	ex.Request.Body = capture.StoredBody(gone{}, 1, 7)
	for _, f := range Formats() {
		_, res, err := f.One(context.Background(), ex, Options{})
		if err != nil || res.Gone != 1 || res.Count != 0 {
			t.Errorf("%s: %+v, %v", f.Name, res, err)
		}
	}
}

type gone struct{}

func (gone) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, capture.ErrEvicted }

// BenchmarkJSONLine must stay above 150 MB/s, of a body full of quotes and with its SHA-256, and
// below 40 allocations.
func BenchmarkJSONLine(b *testing.B) {
	ex := sample()
	ex.Request.Body = capture.NewBody(bytes.Repeat([]byte(`{"id":"evt_1","amount":2000},`), 1000))
	b.SetBytes(ex.Request.Body.Size())
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf, _ = JSONLine(context.Background(), buf[:0], ex)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range hostile {
		f.Add([]byte(s))
	}
	f.Add([]byte("curl -sSLXPOST 'http://h/a?b' -H $'X: \\u0021' --json '{}' -G"))
	f.Add([]byte("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\nGET / HTTP/1.1\n\n"))
	f.Add([]byte(`{"log":{"entries":[{"request":{"method":"POST","url":"http://h/","postData":{"text":"x"}}}]}}`))
	for _, seed := range curlLines {
		f.Add([]byte(seed))
	}
	for _, seed := range []string{
		"[" + githubDelivery + "]", fmt.Sprintf(githubPage, "application/json", "Payload\n"), postmanCollection, browserHAR,
		ngrokJSON("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"),
		"### a\n@b=1\nPOST http://h/ HTTP/1.1\nA: b\n\nx\n\n> {% x %}\n###\nGET http://{{h}}/", "curl ^\"http://h/^\" ^\n -d ^\"^{\\^\"a\\^\"^}^\"",
		"PS C:\\> curl.exe `\n -d \"a`\"b\" 'http://h'", "POST / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "[1,", `{"a":{"log":[`, `{"_":0,"log":{"entries":[null,{"request":[]}]}}`,
	} {
		f.Add([]byte(seed))
	}
	line, _ := JSONLine(context.Background(), nil, sample())
	f.Add(line)
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := Read(data, time.Time{})
		if err != nil {
			return
		}
		for _, ex := range list {
			for _, format := range Formats() {
				if _, _, err := format.One(context.Background(), ex, Options{}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// TestRepliesAreMasked: what the sender got is masked like what it sent, in the
// formats that show it.
func TestRepliesAreMasked(t *testing.T) {
	ex := sample()
	ex.Reply.Fields = []capture.Field{{Name: "Location", Value: "https://joe:canary1@h.io/cb?code=canary2"}, {Name: "Set-Cookie", Value: "sid=canary3"}, {Name: "Content-Type", Value: "application/json"}}
	ex.Reply.Body = capture.NewBody([]byte(`{"ok":"shown","access_token":"canary4"}`))
	for _, name := range []string{"har", "markdown"} {
		f, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		out, res, err := f.One(t.Context(), ex, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out, []byte("canary")) || !bytes.Contains(out, []byte("shown")) || !bytes.Contains(out, []byte("https://joe:***@h.io/cb?code=***")) {
			t.Errorf("%s:\n%s", name, out)
		}
		if res.Hits[redact.Hit{Rule: "secret name", Where: `body "access_token"`}] != 1 {
			t.Errorf("%s: %v", name, res.Hits)
		}
	}
}

// TestExportsCutShort: an error in the middle cuts no line off.
func TestExportsCutShort(t *testing.T) {
	broken := errors.New("damaged")
	for _, name := range []string{"jsonl", "curl", "raw"} {
		f, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := f.One(t.Context(), sample(), Options{WithSecrets: true})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		_, err = f.Write(t.Context(), &b, func(yield func(*capture.Exchange, error) bool) {
			_ = yield(sample(), nil) && yield(nil, broken)
		}, Options{WithSecrets: true})
		if !errors.Is(err, broken) || b.String() != string(want) {
			t.Errorf("%s: %v, wrote %q", name, err, b.String())
		}
	}
}

// What raw HTTP holds is read back: a request that does not say where it ends stands last,
// or alone, or is left out and named.
func TestRawIsReadBack(t *testing.T) {
	post := func(id capture.ID, edit func(*capture.Request)) *capture.Exchange {
		ex := &capture.Exchange{ID: id, Request: capture.Request{
			Method: "POST", Target: fmt.Sprint("/", uint64(id)), Proto: "HTTP/1.1",
			Fields: []capture.Field{{Name: "Host", Value: "h"}, {Name: "Content-Length", Value: "2"}}, Body: capture.NewBody([]byte("hi")),
		}}
		edit(&ex.Request)
		return ex
	}
	whole := func(r *capture.Request) {}
	incomplete := func(r *capture.Request) { r.Fields[1].Value, r.Incomplete = "9", true }
	noLength := func(r *capture.Request) { r.Fields = r.Fields[:1] }
	inChunks := func(r *capture.Request) {
		r.Fields[1], r.Chunked, r.Incomplete = capture.Field{Name: "Transfer-Encoding", Value: "chunked"}, true, true
	}
	malformed := func(r *capture.Request) { r.Malformed, r.Head = "bad", []byte("hello\r\n\r\n") }
	empty := func(r *capture.Request) { r.Method, r.Fields, r.Body = "get", r.Fields[:1], capture.Body{} }
	f, err := Find("raw")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what    []func(*capture.Request)
		targets string // that are read back
		leftOut string
	}{
		{[]func(*capture.Request){whole, empty, empty, whole}, "/1 /2 /3 /4", ""},
		{[]func(*capture.Request){whole, incomplete, whole}, "/1 /3", "#2"},
		{[]func(*capture.Request){incomplete, noLength, inChunks, malformed, whole}, "/5", "#1 #2 #3 #4"},
		{[]func(*capture.Request){whole, incomplete}, "/1 /2", ""},
		{[]func(*capture.Request){whole, noLength}, "/1 /2", ""},
		{[]func(*capture.Request){whole, inChunks}, "/1 /2", ""},
		{[]func(*capture.Request){whole, malformed}, "/1", "#2"},
		{[]func(*capture.Request){incomplete}, "/1", ""},
	} {
		var b strings.Builder
		res, err := f.Write(t.Context(), &b, func(yield func(*capture.Exchange, error) bool) {
			for i, edit := range tt.what {
				if !yield(post(capture.ID(i+1), edit), nil) {
					return
				}
			}
		}, Options{WithSecrets: true})
		if err != nil {
			t.Fatal(err)
		}
		list, err := Read([]byte(b.String()), time.Time{})
		var targets []string
		for _, ex := range list {
			targets = append(targets, ex.Request.Target)
		}
		if got := strings.Join(targets, " "); err != nil || got != tt.targets || res.Count != len(list) {
			t.Errorf("read back %q of %d, want %q: %v\n%s", got, res.Count, tt.targets, err, b.String())
		}
		if got := strings.Join(res.LeftOut, " "); got != tt.leftOut {
			t.Errorf("left out %q, want %q", got, tt.leftOut)
		}
	}
	alone, res, err := f.One(t.Context(), post(1, malformed), Options{WithSecrets: true})
	if err != nil || string(alone) != "hello\r\n\r\nhi" || res.LeftOut != nil {
		t.Errorf("%q, %v, %v", alone, res.LeftOut, err)
	}
}

func TestLeftOutWords(t *testing.T) {
	r := Result{LeftOut: slices.Repeat([]string{"#1"}, 12)}
	if got := r.LeftOutWords(); !strings.HasSuffix(got, "end: #1, #1, #1, #1, #1, #1, #1, #1, #1, #1 and 2 more") {
		t.Error(got)
	}
	if got := new(Result).LeftOutWords(); got != "" {
		t.Error(got)
	}
}
