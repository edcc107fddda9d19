package export

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creel/capture"
	"creel/capture/ringtest"
)

// compareBodies compares bodies by their bytes and by whether they are kept.
var compareBodies = cmp.Transformer("body", func(b capture.Body) string {
	if b.IsForgotten() {
		return "only the size is kept: " + itoa(int(b.Size()))
	}
	return bodyText(b)
})

func TestJSONLinesAreComplete(t *testing.T) {
	trimmed := ringtest.Example(2)
	for _, a := range trimmed.Attempts {
		a.SameBody, a.Body = false, capture.ForgottenBody(12)
		a.Reply.Body = capture.ForgottenBody(34)
	}
	captured := ringtest.Example(3)
	captured.ImportedFrom = 0
	captured.Request.Malformed, captured.Request.Head = "", nil
	captured.Request.Fields = []capture.Field{{Name: "Host", Value: "a"}, {Name: "X", Value: "\u00e9"}, {Name: "X"}}
	captured.Sender.Late = true
	captured.Origin = &capture.Origin{Node: "web-0123abcd", Short: "a", ID: 7}
	captured.Signature = capture.Signature{Verdict: capture.Valid}
	odd := ringtest.Example(4)
	odd.Request.Target, odd.Request.Host = "/\xff\u202e", "\xfe"
	odd.Request.Trailers = []capture.Field{{Name: "X", Value: "\xff"}}
	odd.Attempts[0].Target, odd.Attempts[0].Trailers = "/\xff a", []capture.Field{{Name: "X", Value: "\xfe"}}
	odd.Attempts[0].Reply.Fields = []capture.Field{{Name: "X", Value: "\xfd"}}
	odd.Attempts[0].Reply.Trailers = []capture.Field{{Name: "Y", Value: "\xfc"}}
	head := ringtest.Example(5)
	head.Request.Malformed, head.Request.Head = "", []byte("POST /\xff HTTP/1.1\r\nHost: h\r\nX: \xff\r\n\r\n")
	head.Request.Target, head.Request.Host = "/\xff", "h"
	head.Request.Fields = []capture.Field{{Name: "Host", Value: "h"}, {Name: "X", Value: "\xff"}}
	malformed := ringtest.Example(6) // its head could be read, in another way
	malformed.Request.Head = []byte("GET /other HTTP/1.1\r\nHost: other\r\n\r\n")
	malformed.Request.Fields = []capture.Field{{Name: "Host", Value: "h"}}
	for i, ex := range []*capture.Exchange{ringtest.Example(1), trimmed, captured, odd, head, malformed, sample(), {Request: capture.Request{Method: "GET", Target: "/"}}} {
		ex.ID = capture.ID(400 + i)
		line, err := JSONLine(context.Background(), nil, ex)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Read(line, time.Time{})
		if err != nil {
			t.Fatalf("%v: %v\n%s", ex.ID, err, line)
		}
		want := *ex
		if want.ID = 0; want.ImportedFrom == 0 {
			want.ImportedFrom = ex.ID
		}
		if want.State < capture.StateAnswered {
			want.State = capture.StateInterrupted
		}
		if want.Signature.Verdict == "" {
			want.Signature.Verdict = capture.Unsigned
		}
		if diff := cmp.Diff(&want, back[0], compareBodies, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%v: %s\n%s", ex.ID, diff, line)
		}
	}
}

// TestJSONLinesKnowEveryField sets each field of an exchange by itself: one that
// is added to the vocabulary must be in the lines.
func TestJSONLinesKnowEveryField(t *testing.T) {
	ex := &capture.Exchange{ID: 1, Attempts: []*capture.Attempt{{N: 1}}}
	base, _ := JSONLine(context.Background(), nil, ex)
	each := func(name string, v reflect.Value) {
		for i := range v.NumField() {
			f := v.Field(i)
			if f.Kind() == reflect.Struct && f.Type().PkgPath() == "creel/capture" && f.Type() != reflect.TypeFor[capture.Body]() {
				continue // its fields are tried by themselves
			}
			what := name + "." + v.Type().Field(i).Name
			old := reflect.New(f.Type()).Elem()
			old.Set(f)
			setSomething(t, what, f)
			line, err := JSONLine(context.Background(), nil, ex)
			if err != nil {
				t.Fatal(err)
			}
			if string(line) == string(base) {
				t.Errorf("%s is not in the JSON line", what)
			}
			f.Set(old)
		}
	}
	a := ex.Attempts[0]
	for name, v := range map[string]any{
		"Exchange": ex, "Request": &ex.Request, "Sender": &ex.Sender, "Verdict": &ex.Signature, "Reply": &ex.Reply,
		"Attempt": a, "Attempt.Reply": &a.Reply,
	} {
		each(name, reflect.ValueOf(v).Elem())
	}
}

func setSomething(t *testing.T, name string, f reflect.Value) {
	t.Helper()
	switch v := f.Addr().Interface().(type) {
	case *capture.Body:
		*v = capture.NewBody([]byte("x"))
		return
	case *time.Time:
		*v = time.Unix(1, 0)
		return
	case *[]byte:
		*v = []byte("x")
		return
	case *[]*capture.Attempt:
		*v = nil
		return
	case **capture.Origin:
		*v = &capture.Origin{Node: "x"}
		return
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString("x")
	case reflect.Bool:
		f.SetBool(true)
	case reflect.Int, reflect.Int64:
		f.SetInt(5_000_000)
	case reflect.Uint8, reflect.Uint64:
		f.SetUint(2)
	case reflect.Slice:
		f.Set(reflect.MakeSlice(f.Type(), 1, 1))
	default:
		t.Errorf("%s: no value for a %v", name, f.Type())
	}
}

func TestTheSameBodyStandsOnce(t *testing.T) {
	ex := sample()
	ex.Attempts[0].Body = ex.Request.Body
	line, err := JSONLine(context.Background(), nil, ex)
	if n := strings.Count(string(line), `{\"a\":1}`); n != 1 || err != nil {
		t.Errorf("%d times, %v: %s", n, err, line)
	}
}

func TestParsedHeadWithoutAHost(t *testing.T) {
	list, err := Read([]byte(`{"type":"exchange","host":"h","malformed":"x","parsed_b64":"R0VUIC8gSFRUUC8xLjENCkE6IGINCg0K"}`), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if r := list[0].Request; r.Host != "h" || len(r.Fields) != 1 || r.Method != "GET" || r.Target != "/" || r.Proto != "HTTP/1.1" {
		t.Errorf("%+v", r)
	}
}

func TestAttemptsOnTheirOwn(t *testing.T) {
	ctx := context.Background()
	ex := sample()
	attempts := ex.Attempts
	ex.Attempts = nil
	line, _ := JSONLine(ctx, nil, ex)
	attempt, _ := JSONAttempt(ctx, nil, ex.ID, attempts[0])
	other, _ := JSONAttempt(ctx, nil, 7, attempts[0])
	in := strings.Join([]string{`{"type":"ready","url":"http://x"}`, string(other), string(line), string(attempt), string(attempt)}, "\n")
	list, err := Read([]byte(in), time.Time{})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d, %v", len(list), err)
	}
	if diff := cmp.Diff(attempts, list[0].Attempts, compareBodies, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

// Attempts of which the file numbers two alike, or none, have numbers of their own.
func TestAttemptsAreNumberedAgain(t *testing.T) {
	list, err := Read([]byte(`{"type":"exchange","method":"GET","target":"/","attempts":[{"status":200},{"n":1},{"n":4},{"n":4},{"n":2},{"n":-1}]}`), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, a := range list[0].Attempts {
		got = append(got, a.N)
	}
	if want := []int{1, 2, 4, 5, 6, 7}; !slices.Equal(got, want) {
		t.Errorf("numbers %v, want %v", got, want)
	}
}

func TestOneOddLineLosesOnlyItself(t *testing.T) {
	good, _ := JSONLine(context.Background(), nil, sample())
	for _, tt := range []struct{ odd, want string }{
		{`{"type":"exchange","id":"x"}`, "line 2: id: a string does not belong there"},
		{`{"type":"exchange","headers":{}}`, "line 2: header fields are not pairs of a name and a value"},
		{`{"type":"exchange","at":"9999-12-31T23:59:59Z"}`, `line 2: "9999-12-31T23:59:59Z" is too far away to be kept`},
		{`{"type":"exchange","at":"yesterday"}`, `line 2: "yesterday" is not a time`},
		{`{"type":"exchange","body":"%","body_encoding":"base64"}`, "line 2: body: it is not valid base64"},
		{`{"type":"exchange","body":"","body_encoding":"rot13"}`, `line 2: body_encoding: "rot13" is unknown`},
		{`{"type":"exchange","attempts":[{"reply":{"body":1}}]}`, "line 2: body: a number does not belong there"},
		{`{"type":"exchange","method":"GET"}`, "line 2: target is missing"},
		{`{"type":"exchange","target":"/"}`, "line 2: method is missing"},
		{`{"type":"exchange","method":"GE T","target":"/"}`, `line 2: method: "GE T" is no method`},
		{`{"type":"exchange","method":"GET","target":"/a b"}`, `line 2: target: "/a b" has a blank or a control character`},
		{`{"type":"exchange","method":"GET","target":"/","host":"a\r\nB: c"}`, `line 2: host: "a\r\nB: c" has`},
		{`{"type":"exchange","method":"GET","target":"/","proto":"HTTP/1.1\n"}`, `line 2: proto: "HTTP/1.1\n" has`},
		{`{"type":"exchange","method":"GET","target":"/","headers":[["A","b\r\nC: d"]]}`, "line 2: the value of A has a line break"},
		{`{"type":"exchange","method":"GET","target":"/","headers":[["A\u0000","b"]]}`, `line 2: "A\x00" is not the name of a header field`},
		{`{"type":"exchange","method":"GET","target":"/","headers":[["","b"]]}`, `line 2: "" is not the name of a header field`},
		{`{"type":"exchange","method":"GET","target":"/","headers":[["A"]]}`, "line 2: header fields are not pairs of a name and a value"},
		{`{"type":"exchange","method":"GET","target":"/","headers":[["A",1,2]]}`, "line 2: header fields are not pairs of a name and a value"},
		{`{"type":"exchange","method":"GET","target":"/","trailers":[["A","\n"]]}`, "line 2: the value of A has a line break"},
		{`{"type":"exchange","method":"GET","target":"/","reply":{"status":70000}}`, "line 2: reply: status: 70000 is no status"},
		{`{"type":"problem"}`, `line 2: type: "problem" is unknown`},
		{`[1]`, "line 2: an array is no request"},
		{`{}`, "line 2: an empty object is no request"},
		{`{"a":1}`, "line 2: an object with the members a is neither"},
		{`{"type":"exchange","method":"PO`, `line 2: invalid character '\n' in string literal`},
		{`{"type":"exchange",`, "line 2: invalid character '{'"},
		{`{"type":"exchange","headers":[`, "line 2: the end of a value is missing"},
		{"{\n  \"a\": [\n    x\n  ]\n}", "line 2: invalid character 'x'"},
		{strings.Repeat("x ", 5000), "line 2: invalid character 'x'"},
		{"}", "line 2: invalid character '}'"},
	} {
		in := strings.Join([]string{string(good), tt.odd, string(good)}, "\n")
		n, said := 0, ""
		for item, err := range Items(strings.NewReader(in), time.Time{}) {
			if err != nil {
				said += err.Error()
			} else if item.Exchange != nil {
				n++
			}
		}
		if n != 2 || !strings.HasPrefix(said, tt.want) {
			t.Errorf("%s: %d exchanges, %q", tt.odd, n, said)
		}
		if strings.Contains(said, "Go ") || strings.Contains(said, "json:") {
			t.Errorf("%s: speaks of the program's insides: %s", tt.odd, said)
		}
	}
}

// Lines that are no JSON are left out one by one; the places of those after them are right.
func TestBrokenLines(t *testing.T) {
	good, _ := JSONLine(context.Background(), nil, sample())
	in := strings.Join([]string{`{"a`, string(good), "x", "y", `{"b":`, string(good), `{"type":"exchange"}`, `{"c`}, "\n")
	n, said := 0, []string{}
	for item, err := range Items(iotest.OneByteReader(strings.NewReader(in)), time.Time{}) {
		if item.Exchange != nil {
			n++
		}
		if skipped := (*Skipped)(nil); errors.As(err, &skipped) {
			said = append(said, skipped.Where)
		} else if err != nil {
			t.Error(err)
		}
	}
	if want := []string{"line 1", "line 3", "line 4", "line 5", "line 7", "line 8"}; n != 2 || !slices.Equal(said, want) {
		t.Errorf("%d, %q", n, said)
	}
	if _, err := Read([]byte("{\n \"a\": x\n}"), time.Time{}); err == nil || errors.As(err, new(*Skipped)) || !strings.HasPrefix(err.Error(), "line 1: ") {
		t.Errorf("nothing else in the file: %v", err)
	}
}

// What comes a byte at a time is read as the same file is at once.
func TestReadByteByByte(t *testing.T) {
	line, _ := JSONLine(context.Background(), nil, sample())
	for _, in := range []string{
		"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi", "curl -d hi http://h/a", "POST http://h/a\nContent-Type: text/plain\n\nhi\n",
		" \n" + string(line), string(line), "[" + string(line) + "]",
	} {
		n := 0
		for item, err := range Items(iotest.OneByteReader(strings.NewReader(in)), time.Time{}) {
			if err != nil || item.Exchange.Request.Method != "POST" {
				t.Errorf("%.20q: %v", in, err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%.20q: %d requests, want 1", in, n)
		}
	}
}

// Without a word about it, the state is that of what else is in the line.
func TestStateOfALine(t *testing.T) {
	for rest, want := range map[string]capture.State{
		``:                        capture.StateImported,
		`,"state":"odd"`:          capture.StateImported,
		`,"reply":{"status":204}`: capture.StateAnswered,
		`,"state":"gone"`:         capture.StateGone,
		`,"state":"waiting"`:      capture.StateInterrupted,
		`,"state":"held"`:         capture.StateInterrupted,
		`,"state":"interrupted"`:  capture.StateInterrupted,
		`,"state":"answered","reply":{"status":9}`: capture.StateAnswered,
	} {
		list, err := Read([]byte(`{"type":"exchange","method":"GET","target":"/"`+rest+"}"), time.Time{})
		if err != nil || len(list) != 1 || list[0].State != want {
			t.Errorf("%s: %v, %v", rest, list, err)
		}
	}
}

// A JSON string cannot hold all bytes: each part of a head comes back as it was.
func TestEachPartOfAHeadIsExact(t *testing.T) {
	const odd = "a\xffb"
	for _, malformed := range []string{"", "no colon"} {
		for _, name := range []string{"", "Host"} {
			for i := range 5 {
				if malformed == "" && (i == 0 || i == 3) {
					continue // no client can send it
				}
				parts := []string{"GET", "/", "h", "x", "y"}
				parts[i] = odd
				host := capture.Field{Name: "Host", Value: parts[2]}
				r := capture.Request{Method: parts[0], Target: parts[1], Host: parts[2], Proto: "HTTP/1.1", Malformed: malformed, Fields: []capture.Field{{Name: parts[3], Value: parts[4]}}}
				if name != "" || malformed == "" { // a head that can be read has the host
					r.Fields = append([]capture.Field{host}, r.Fields...)
				}
				a := &capture.Attempt{N: 1, Method: parts[0], Target: parts[1], Fields: r.Fields, Trailers: r.Fields, Reply: capture.Reply{Fields: r.Fields}}
				line, err := JSONLine(t.Context(), nil, &capture.Exchange{Request: r, Attempts: []*capture.Attempt{a}})
				if err != nil {
					t.Fatal(err)
				}
				list, err := Read(line, time.Time{})
				if err != nil {
					t.Fatalf("%v\n%s", err, line)
				}
				r.Head = list[0].Request.Head
				if diff := cmp.Diff(r, list[0].Request, compareBodies, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%q, %q: %s\n%s", parts, malformed, diff, line)
				}
				if diff := cmp.Diff(a, list[0].Attempts[0], compareBodies, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%q: %s\n%s", parts, diff, line)
				}
			}
		}
	}
}

// A head that could not be read when it was captured is none of a client's, and comes back.
func TestUnreadableHeadsAreRead(t *testing.T) {
	for _, r := range []capture.Request{
		{Malformed: "bad", Fields: []capture.Field{{Name: "A", Value: "\x00"}}, Head: []byte("G\x00T\r\nA: \x00\r\n\r\n")},
		{Incomplete: true, Method: "PO", Head: []byte("PO")},
	} {
		line, err := JSONLine(context.Background(), nil, &capture.Exchange{Request: r})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(line, time.Time{}); err != nil {
			t.Errorf("%v\n%s", err, line)
		}
	}
}
