package provider

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"creel/capture"
)

func gunzip(body []byte, _ []capture.Field) ([]byte, []string) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, nil
	}
	out, err := io.ReadAll(z)
	if err != nil {
		return nil, nil
	}
	return out, []string{"gzip"}
}

func gzipped(s string) string { return gzippedAt(s, gzip.DefaultCompression) }

func gzippedAt(s string, level int) string {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		panic(err)
	}
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

// onUnix is what is compressed with the header that other libraries write.
func onUnix(s string) string { return s[:9] + "\x03" + s[10:] }

// TestExplainRewrites: a body that was signed in one spelling and came in
// another is explained by what was done to it.
func TestExplainRewrites(t *testing.T) {
	const came = `{"b":"a/b <&> Zoë 😀","a":[1,{}]}`
	for _, c := range []struct{ name, signed, came, want string }{
		{"python", `{"b": "a/b <&> Zo\u00eb \ud83d\ude00", "a": [1, {}]}`, came, `space after each comma and colon (Python), with \u escapes`},
		{"php", `{"b":"a\/b <&> Zo\u00eb \ud83d\ude00","a":[1,{}]}`, came, `and \/ for / (PHP)`},
		{"php slashes", `{"b":"a\/b <&> Zoë 😀","a":[1,{}]}`, came, `minified, with \/ for /`},
		{"go", `{"b":"a/b \u003c\u0026\u003e Zoë 😀","a":[1,{}]}`, came, `(Go)`},
		{"go encoder", `{"b":"a/b \u003c\u0026\u003e Zoë 😀","a":[1,{}]}` + "\n", came, `(Go), with a newline at its end`},
		{".net", `{"b":"a/b \u003C\u0026\u003E Zo\u00EB \uD83D\uDE00","a":[1,{}]}`, came, `.NET`},
		{"upper case escapes", `{"b":"a/b <&> Zo\u00EB \uD83D\uDE00","a":[1,{}]}`, came, `upper case`},
		{"escapes taken for go's", came, `{"b":"a/b \u003c\u0026\u003e Zoë 😀","a":[1,{}]}`, `without needless escapes`},
		{"escapes put in", came, `{"b":"a\/b <&> Zo\u00eb \ud83d\ude00","a":[1,{}]}`, `without needless escapes`},
		{"php pretty", "{\n    \"b\": \"a\\/b <&> Zo\\u00eb \\ud83d\\ude00\",\n    \"a\": [\n        1,\n        {}\n    ]\n}", came, "indented by four spaces"},
		{"tabs", "{\n\t\"b\": \"a/b <&> Zoë 😀\",\n\t\"a\": [\n\t\t1,\n\t\t{}\n\t]\n}", came, "indented by tabs"},
		{"windows", "{\r\n  \"b\": \"a/b <&> Zoë 😀\",\r\n  \"a\": [\r\n    1,\r\n    {}\r\n  ]\r\n}", came, "CR LF"},
		{"sorted", `{"a":[1,{}],"b":"a/b <&> Zoë 😀"}`, came, "sorted by name"},
		{"mark taken off", bom + came, came, "with a byte order mark"},
		{"mark added", came, bom + came, "without the byte order mark"},
		{"mark and newline", bom + came + "\n", came, "with a byte order mark, with a newline"},
		{"lf to crlf", "a\nb\n", "a\r\nb\r\n", "LF, not CR LF"},
		{"crlf to lf", "a\r\nb\r\n", "a\nb\n", "CR LF, not LF"},
		{"cr", "a\rb", "a\nb", "CR, not LF"},
		{"line ends and the last", "a\r\nb\r\n", "a\nb", "CR LF, not LF, with CR LF at its end"},
		{"white space", "a", "  a\t", "white space around it"},
		{"latin-1", "Zo\xeb", "Zoë", "character set"},
		{"utf-8, then latin-1", "Zoë à", "Zo\xeb \xe0", "character set"},
		{"twice utf-8", "Zoë", "ZoÃ«", "character set"},
		{"signed, then compressed", came, gzipped(came), "before its compression (gzip)"},
		{"signed with a newline, then compressed", came + "\n", gzipped(came), "before its compression (gzip), with a newline"},
		{"python, then compressed", `{"a": 1}`, gzipped(`{"a":1}`), "same JSON before its compression (gzip), with a space"},
		{"compressed, then decoded", gzipped(came), came, "compressed (gzip)"},
		{"compressed on Unix, then decoded", onUnix(gzipped(came)), came, "compressed (gzip)"},
		{"form as JSON", "payload=%7B%22a%22%3A1%7D", `{"payload":"{\"a\":1}"}`, "as a form"},
		{"form as JSON with numbers", "a=1&b=true&c=&d=x+y", `{"a":1,"b":true,"c":null,"d":"x y"}`, "as a form"},
		{"blanks of a form", "a=x+y&b=+", "a=x%20y&b=%20", "with + for a blank, not %20"},
		{"blanks of a form, the other way", "a=x%20y\n", "a=x+y", "with %20 for a blank, not +, with a newline"},
		{"JSON as a form", `{"a":1,"b":"x y","c":true}`, "a=1&b=x+y&c=true", "as JSON"},
		{"JSON of texts as a form", `{"a": "1", "b": "ü/"}`, "a=1&b=%C3%BC%2F", "JSON as JSON: something made a form of it, with a space after each comma and colon (Python)"},
		{"decimals made whole", `{"a":1.0,"id":5}`, `{"a":1,"id":5}`, "with 1.0 for 1"},
		{"all decimals made whole", `{"a": 1.0, "id": 5.0}`, `{"a":1,"id":5}`, "with 1.0 for 1"},
		{"whole made decimals", `{"a":1,"b":2.5,"c":null}`, `{"a":1.0,"b":2.50,"c":null}`, "with 1 for 1.0"},
		{"money", `{"a":10.50,"b":3.00,"c":1e5}`, `{"a":10.5,"b":3,"c":1e5}`, "with 1.00 for 1"},
		{"utf-16", "a\x00\xeb\x00\x3d\xd8\x00\xde", "aë😀", "in UTF-16 (little endian)"},
		{"utf-16 with a mark", "\xfe\xff\x00a\x00\xeb", "aë", "in UTF-16 (big endian, with a byte order mark)"},
		{"utf-16 that came", "aë", "\xff\xfea\x00\xeb\x00", "in UTF-8, not UTF-16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSet(t, Config{Decode: gunzip, Secrets: []Secret{{Provider: "github", Value: "other"}, {Provider: "github", Value: "s"}}})
			req := mustSign(t, s, request(c.signed, capture.Field{Name: "X-GitHub-Event", Value: "push"}), SignOptions{Secret: "s"})
			req.Body = capture.NewBody([]byte(c.came))
			ex := &capture.Exchange{At: clock, Request: *req}
			if s.Identify(ex); ex.Signature.Verdict != capture.Invalid || ex.Signature.Reason != Mismatch || !strings.Contains(ex.Signature.Explanation, c.want) {
				t.Errorf("%+v, want %q", ex.Signature, c.want)
			}
		})
	}
}

// TestExplainCompressed: a body that was decompressed on its way is found at any level when
// it is asked for, at the usual one when it comes.
func TestExplainCompressed(t *testing.T) {
	const came = `{"a":1}`
	s := newSet(t, Config{Decode: gunzip, Secrets: []Secret{{Provider: "github", Value: "s"}}})
	for level, atOnce := range map[int]bool{gzip.DefaultCompression: true, gzip.BestCompression: false, gzip.BestSpeed: false} {
		req := mustSign(t, s, request(gzippedAt(came, level), capture.Field{Name: "X-GitHub-Event", Value: "push"}), SignOptions{Secret: "s"})
		req.Body = capture.NewBody([]byte(came))
		ex := &capture.Exchange{At: clock, Request: *req}
		s.Identify(ex)
		if got := strings.Contains(ex.Signature.Explanation, "compressed (gzip)"); got != atOnce {
			t.Errorf("level %d: %+v when it comes", level, ex.Signature)
		}
		if got := check(t, s, req, Options{}).Signature; !strings.Contains(got.Explanation, "compressed (gzip)") {
			t.Errorf("level %d: %+v", level, got)
		}
	}
}

// TestExplainSecret: the secret that was copied wrongly, and the secret that
// the sender copied wrongly.
func TestExplainSecret(t *testing.T) {
	for _, c := range []struct{ signed, configured, want string }{
		{"s3cret", " s3cret", "white space or quotes around it"},
		{"s3cret", "s3cret\r\n", "white space or quotes around it"},
		{"s3cret", "'s3cret'", "white space or quotes around it"},
		{"s3cret", bom + "s3cret\u200b", "white space or quotes around it"},
		{"s3cret", "“s3cret”", "white space or quotes around it"},
		{"s3cret", "s3crets3cret", "is written twice"},
		{"s3cret", "s3c\nret", "within it"},
		{"s3cret", "WEBHOOK_SECRET=\"s3cret\"", "name and ="},
		{"a/b+c", "a%2Fb+c", "percent-encoded"},
		{"s3cret\n", "s3cret", "lacks a line end after it"},
		{"s3cret\r\n", "s3cret", "lacks a line end (CR LF)"},
		{"s3cret ", "s3cret", "lacks a space after it"},
		{" s3cret", "s3cret", "lacks a space before it"},
		{`"s3cret"`, "s3cret", "lacks double quotes"},
		{"'s3cret'", "s3cret", "lacks single quotes"},
		{"s3cret\n", "s3cret ", "lacks a line end"},
		{"abc0", "ABC0", "lower case"},
	} {
		s := newSet(t, Config{})
		req := mustSign(t, s, request("{}"), SignOptions{Provider: "slack", Secret: c.signed})
		if r := check(t, s, req, Options{Provider: "slack", Secret: c.configured}); r.Reason != Mismatch || !strings.Contains(r.Explanation, c.want) {
			t.Errorf("%q for %q: %+v, want %q", c.configured, c.signed, r.Signature, c.want)
		}
	}
}

func TestExplainEmptyBody(t *testing.T) {
	for _, provider := range []string{"github", "stripe", "slack", "shopify"} {
		s := newSet(t, Config{})
		signed := mustSign(t, s, request(""), SignOptions{Provider: provider, Secret: "s"})
		req := request(`{"a":1}`, signed.Fields...)
		if r := check(t, s, req, Options{Provider: provider, Secret: "s"}); !strings.Contains(r.Explanation, "an empty body") {
			t.Errorf("%s: %+v", provider, r.Signature)
		}
	}
}

// A body that was wrapped as a whole, and a secret that is not set, are named.
func TestExplainWrappedBodyAndNoSecret(t *testing.T) {
	const body = `{"a":"é"}`
	for _, provider := range []string{"github", "stripe", "slack", "shopify"} {
		s := newSet(t, Config{})
		signed := mustSign(t, s, request(body), SignOptions{Provider: provider, Secret: "s"})
		for came, want := range map[string]string{
			base64.StdEncoding.EncodeToString([]byte(body)): "decoded from base64",
			`"{\"a\":\"\u00e9\"}"` + "\n":                   "taken out of a string of JSON",
		} {
			if r := check(t, s, request(came, signed.Fields...), Options{Provider: provider, Secret: "s"}); !strings.Contains(r.Explanation, want) {
				t.Errorf("%s, %s: %+v", provider, came, r.Signature)
			}
			if r := check(t, s, request(came+"x", signed.Fields...), Options{Provider: provider, Secret: "s"}); r.Explanation != "" {
				t.Errorf("%s, %sx: %+v", provider, came, r.Signature)
			}
		}
	}
	mac := hmac.New(sha256.New, nil)
	mac.Write([]byte(body))
	req := request(body, capture.Field{Name: "X-GitHub-Event", Value: "push"}, capture.Field{Name: "X-Hub-Signature-256", Value: "sha256=" + hex.EncodeToString(mac.Sum(nil))})
	s := newSet(t, Config{})
	if r := check(t, s, req, Options{Provider: "github", Secret: "s"}); r.Verdict != capture.Invalid || !strings.Contains(r.Explanation, "an empty secret") {
		t.Errorf("%+v", r.Signature)
	}
}

// TestExplainDamage: the field of the signature itself was changed.
func TestExplainDamage(t *testing.T) {
	for _, c := range []struct {
		provider string
		change   func(sig string) string
		want     string
	}{
		{"github", func(s string) string { return s[:len(s)-24] }, "first 20 of 32 bytes (40 of 64 characters)"},
		{"github", func(s string) string { return s[:len(s)-1] }, "first 63 of 64 characters (31 of 32 bytes)"},
		{"github", func(s string) string { return s[:len("sha256=")+8] }, "first 4 of 32 bytes"},
		{"github", func(s string) string { return "sha256=" + s[len("sha256=")+2:] }, "last 31 of 32 bytes"},
		{"github", func(s string) string { return strings.TrimPrefix(s, "sha256=") }, "sha256= is missing in front"},
		{"github", func(s string) string { return strings.ToUpper(s) }, "upper and lower case"},
		{"github", func(s string) string { return `"` + s + `"` }, "quotes"},
		{"github", func(s string) string { return s + "00" }, "2 more characters"},
		{"shopify", func(s string) string { return s[:len(s)-4] }, "first 30 of 32 bytes (40 of 43 characters)"},
		{"shopify", func(s string) string { return strings.ReplaceAll(s, "=", "%3D") }, "percent-encoded"},
		{"slack", func(s string) string { return s[:20] }, "first 17 of 64 characters"},
		{"stripe", func(s string) string { return s[:len(s)-10] }, "first 27 of 32 bytes"},
		{"svix", func(s string) string { return s[:len(s)-10] }, "is cut short"},
	} {
		s := newSet(t, Config{})
		row := s.scheme(c.provider)
		req := mustSign(t, s, request("{}"), SignOptions{Provider: c.provider, Secret: secretFor(row)})
		for i := range req.Fields {
			if capture.EqualFold(req.Fields[i].Name, row.Sig[0]) {
				req.Fields[i].Value = c.change(req.Fields[i].Value)
			}
		}
		if r := check(t, s, req, Options{Provider: c.provider, Secret: secretFor(row)}); r.Signature.Verdict != capture.Invalid || !strings.Contains(r.Explanation, c.want) {
			t.Errorf("%s: %+v, want %q", c.provider, r.Signature, c.want)
		}
	}
	// Seven characters may match by chance.
	s := newSet(t, Config{})
	req := mustSign(t, s, request("{}"), SignOptions{Provider: "github", Secret: "s"})
	req.Fields[len(req.Fields)-1].Value = req.Fields[len(req.Fields)-1].Value[:len("sha256=")+minPart-1]
	if r := check(t, s, req, Options{Provider: "github", Secret: "s"}); strings.Contains(r.Explanation, "cut") {
		t.Errorf("seven characters: %+v", r.Signature)
	}
}

// document draws a JSON document with strings that libraries escape.
func document(t *rapid.T) string {
	text := rapid.StringMatching(`[a-z/<>&'"é😀 \n]{0,12}`)
	v := map[string]any{}
	for i := range rapid.IntRange(0, 3).Draw(t, "members") {
		v[fmt.Sprint(i, text.Draw(t, "name"))] = []any{text.Draw(t, "text"), i, nil, map[string]any{"x": text.Draw(t, "inner")}}
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// TestExplanationsReproduce: a document that was signed in any style of any
// library and came in any other is explained, and what the explanation names
// has the signature that came.
func TestExplanationsReproduce(t *testing.T) {
	row := newSet(t, Config{}).scheme("github")
	rapid.Check(t, func(t *rapid.T) {
		doc := document(t)
		style := func(label string) string {
			src := []byte(doc)
			if i := rapid.IntRange(-1, len(escapings)-1).Draw(t, label+" escapes"); i >= 0 {
				src = escapings[i].rewrite(src)
			}
			l := rapid.SampledFrom(layouts).Draw(t, label+" layout")
			return string(l.write(src)) + rapid.SampledFrom([]string{"", "\n", "\r\n"}).Draw(t, label+" end")
		}
		signed, came := style("signed"), style("came")
		key := key{raw: []byte("k")}
		sig := mac("sha256", key, []byte(signed))
		req := request(came, capture.Field{Name: "X-Hub-Signature-256", Value: "sha256=" + encode("hex", sig)})
		m := &message{req: req, body: []byte(came), now: clock}
		x := &mismatch{s: row, m: m, checking: checking{secrets: []Secret{{Provider: "github", Value: "k"}}, budget: checkBudget}}
		why := x.explain()
		if signed == came {
			return
		}
		if why == "" {
			t.Fatalf("no explanation: signed %q, came %q", signed, came)
		}
		if x.found.m == nil || !bytes.Equal(mac("sha256", key, x.found.m.body), sig) {
			t.Fatalf("%q does not reproduce the signature: signed %q, came %q", why, signed, came)
		}
	})
}

// TestNoExplanationByChance: a signature of something else is never explained.
func TestNoExplanationByChance(tb *testing.T) {
	s := newSet(tb, Config{Decode: gunzip})
	rapid.Check(tb, func(t *rapid.T) {
		row := rapid.SampledFrom([]*Scheme{s.scheme("github"), s.scheme("svix"), s.scheme("twilio"), s.scheme("hubspot-v2"), s.scheme("stripe")}).Draw(t, "row")
		body := document(t) + rapid.SampledFrom([]string{"", "\n"}).Draw(t, "end")
		req := mustSign(tb, s, request(body), SignOptions{Provider: row.Provider, Secret: secretFor(row)})
		req.Body = capture.NewBody([]byte(body + "changed"))
		req.Target += "&changed=1"
		m, _, _ := s.open(t.Context(), req, Options{Provider: row.Provider})
		x := &mismatch{s: row, m: m, checking: checking{secrets: []Secret{{Provider: row.Provider, Value: secretFor(row)}}, budget: arrivalBudget, decode: gunzip}}
		if why := x.explain(); why != "" {
			t.Fatalf("%s: %q", row.Provider, why)
		}
	})
}

// TestExplainBudget: explaining ends with the budget, and many bad signatures
// with the time that explanations may take.
func TestExplainBudget(t *testing.T) {
	s := newSet(t, Config{})
	m := &message{req: request("{}", capture.Field{Name: "X-Hub-Signature-256", Value: "sha256=00"}), body: []byte("{}")}
	x := &mismatch{s: s.scheme("github"), m: m, checking: checking{secrets: []Secret{{Provider: "github", Value: "k"}}, budget: 10 * macCost}}
	if why := x.explain(); why != "" || x.budget > 0 || x.budget < -10*macCost {
		t.Errorf("%q, %d left", why, x.budget)
	}
	for short, want := range map[int]int{0: 4, 1: 0} {
		x := &mismatch{m: m, checking: checking{budget: 16*len(m.body) - short}}
		if got := len(x.charsets()); got != want {
			t.Errorf("%d below what they take: %d charsets, want %d", short, got, want)
		}
	}
	for range 3 {
		done, ok := s.allow()
		if !ok {
			t.Fatal("refused at once")
		}
		done()
	}
	s.explaining.left = -explainBurst
	if _, ok := s.allow(); ok {
		t.Error("allowed beyond the burst")
	}
	s.explaining.last = s.explaining.last.Add(-explainShare * 3 * explainBurst)
	if _, ok := s.allow(); !ok || s.explaining.left > explainBurst {
		t.Errorf("not allowed after a rest, or with %s", s.explaining.left)
	}
}
