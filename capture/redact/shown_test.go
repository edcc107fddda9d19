package redact

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/golden"
)

// Each planted case is shown as it was: nothing more is hidden than the secret, and in the
// same way. Look at the difference after -update.
func TestPlantedAsShown(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range readCases(t, "testdata/planted.jsonl") {
		fmt.Fprintf(&b, "%q\n", c.shown(t, r))
	}
	golden.File(t, "shown.txt", b.String())
}

// Every word of each list does what the list is for.
func TestEachWord(t *testing.T) {
	for _, tt := range []struct {
		name  string
		words map[string]bool
		of    func(word string) string
		want  sure
	}{
		{"whole", whole(), func(w string) string { return w }, secret},
		{"key of", keyOf(), func(w string) string { return w + "_key" }, secret},
		{"code of", codeOf(), func(w string) string { return w + "_codes" }, secret},
		{"about", about(), func(w string) string { return "token_" + w }, nothing},
		{"no secret", noSecret(), func(w string) string { return w }, nothing},
		{"no key", noKey(), func(w string) string { return w + "_api_key" }, nothing},
		{"counted", counted(), func(w string) string { return w + "_tokens" }, nothing},
	} {
		for w := range tt.words {
			if got := judge(tt.of(w)); got != tt.want {
				t.Errorf("%s: %q: %d, want %d", tt.name, tt.of(w), got, tt.want)
			}
		}
	}
	shown := func(name string) string {
		return scan(t).Fields([]capture.Field{{Name: name, Value: "aB3dE5gH7jK9mN1pQ"}})[0].Value
	}
	for w := range wholeFields() {
		if shown(w) != mask {
			t.Errorf("field %s is shown", w)
		}
	}
	for w := range plainFields() {
		if shown(w) == mask {
			t.Errorf("field %s is not shown", w)
		}
	}
	for w := range weak() {
		if got := judge("my_" + w); got != maybe {
			t.Errorf("weak: %q: %d", "my_"+w, got)
		}
	}
	for _, w := range strong {
		if judge(w) != secret || judge("my-"+w) != secret {
			t.Errorf("strong: %q: %d", w, judge(w))
		}
	}
}

// A strong word counts at the end of another word unless it is short, and at its beginning
// when it is long.
func TestStrongWordsInOthers(t *testing.T) {
	for _, w := range strong {
		for name, want := range map[string]bool{"my" + w: len(w) > 4, w + "xyz": len(w) > 5, "my" + w + "xyz": false} {
			if got := judge(name) == secret; got != want {
				t.Errorf("%q is secret: %v", name, got)
			}
		}
	}
}

// Names are taken apart however they are written.
func TestWordsOfNames(t *testing.T) {
	for name, want := range map[string]string{
		"apiKey": "api key", "APIKey": "api key", "API_KEY": "api key", "apiKEY": "api key", "key2Name": "key2 name", "a1B": "a1 b", "AB": "ab", "ABc": "a bc", "aB": "a b", "Ab": "ab",
		"pass%77ord": "password", "pass%2577ord": "password", "pass%252577ord": "password", "pass%25252577ord": "pass 77ord", "%zz": "zz", "a&amp;b": "a b", "a&#95;b": "a b", "Straße-Ü": "straße ü",
		"user[api.key]": "user api key", "--x": "x", "": "",
	} {
		if got := strings.Join(split(name), " "); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// What is shown of texts in which something else is written, or that are not what they look
// like.
func TestShown(t *testing.T) {
	const b64 = "eyJwYXNzd29yZCI6Imh1bnRlcjIifQ==" // {"password":"hunter2"}
	for _, tt := range []struct{ media, in, want string }{
		{"", "   ", "   "},
		{"", " \t\r\n ", " \t\r\n "},
		{"", "abc", "abc"},
		{"", "\ufeff{\"password\":\"hunter2\"}", "\ufeff{\"password\":\"***\"}"},
		{"", "{\"password\":\"hunter2\"", `{"password":"***"`},
		{"application/json", `{"a":"` + b64 + `"}`, `{"a":"eyJwYXNzd29yZCI6IioqKiJ9"}`},
		{"application/json", `{"a":"eyJhIjoiYiJ9eyJhIjoiYiJ9"}`, `{"a":"eyJhIjoiYiJ9eyJhIjoiYiJ9"}`},
		{"application/json", `{"a":"cGFzc3dvcmQ9aHVudGVyMg"}`, `{"a":"cGFzc3dvcmQ9Kioq"}`},
		{"application/json", `{"a":"aGVsbG8gd29ybGQh"}`, `{"a":"aGVsbG8gd29ybGQh"}`},
		{"application/json", `{"a":"password%3Dhunter2"}`, `{"a":"password%3D***"}`},
		{"application/json", `{"a":"hello%20world"}`, `{"a":"hello%20world"}`},
		{"application/json", `{"a":"100%"}`, `{"a":"100%"}`},
		{"application/json", `{"a":"\"{\\\"password\\\":\\\"hunter2\\\"}\""}`, `{"a":"\"{\\\"password\\\":\\\"***\\\"}\""}`},
		{"application/json", `{"a":"\"{\\\"b\\\":1}\""}`, `{"a":"\"{\\\"b\\\":1}\""}`},
		{"application/json", `{"credentials":{"":"hunter2","--":"hunter2","user_id":"u12","is_ok":"aB3dE5gH"}}`, `{"credentials":{"":"***","--":"***","user_id":"u12","is_ok":"aB3dE5gH"}}`},
		{"application/json", `{"a":"why?code=x1y2","b":"https://h.io/?code=x1y2","c":"https://h.io/reset-password/aB3dE5gH7jK9mN1pQ"}`, `{"a":"why?code=x1y2","b":"https://h.io/?code=***","c":"https://h.io/reset-password/***"}`},
		{"application/json", `{"a":"password:hunter2,url:http://h.io/?b=c"}`, `{"a":"password:***,url:http://h.io/?b=c"}`},
		{"application/json", `{"a":"\"say \\\"x\\\" password=hunter2 now\""}`, `{"a":"\"say \\\"x\\\" password=*** now\""}`},
		{"application/json", `{"password":true,"secret":null,"token":1234,"api_key":"null","pw":""}`, `{"password":true,"secret":null,"token":0,"api_key":"***","pw":""}`},
		{"application/json", `[["Authorization","x1y2"],["--password","hunter2"],{"name":"password","value":"hunter2"},["a","password","b"]]`, `[["Authorization","***"],["--password","***"],{"name":"password","value":"***"},["a","password","b"]]`},
		{"application/xml", "<a><password>hunter2</password>x</a>", "<a><password>***</password>x</a>"},
		{"application/xml", "<a password='hunter2' b = \"c\" d=e secret=s3cr3t f></a>", "<a password='***' b = \"c\" d=e secret=*** f></a>"},
		{"application/xml", "<a password=\"hunter2", "<a password=\"***"},
		{"application/xml", "<p:password> hunter2\n</p:password>", "<p:password> ***\n</p:password>"},
		{"application/xml", "<password>a&amp;b</password><x>a&amp;b</x>", "<password>***</password><x>a&amp;b</x>"},
		{"application/xml", "<password><![CDATA[hunter2]]></password><!-- password=hunter2 --><?password hunter2?>", "<password><![CDATA[***]]></password><!-- password=*** --><?password hunter2?>"},
		{"application/xml", "<e><name>password</name><value>hunter2</value><value>x</value></e>", "<e><name>password</name><value>***</value><value>x</value></e>"},
		{"application/xml", "<password><value>hunter2</value></password>", "<password><value>***</value></password>"},
		{"application/xml", "<credentials><a>hunter2</a></credentials>", "<credentials><a>***</a></credentials>"},
		{"application/xml", "<password/>hunter2", "<password/>hunter2"},
		{"application/xml", "<param name='password' value='hunter2'/>", "<param name='password' value='***'/>"},
		{"application/xml", "</a>password", "</a>password"},
		{"application/xml", "<a", "<a"},
		{"application/xml", "<a>x</a><abcd", "<a>x</a><abcd"},
		{"application/xml", "<a>x</a><b secret=s3cr3t", "<a>x</a><b secret=***"},
		{"application/xml", "<a>x</a><b secret=", "<a>x</a><b secret="},
		{"application/xml", "<a>x</a><b secret= ", "<a>x</a><b secret= "},
		{"application/xml", "<a title='x > y' password='hunter2'>z</a>", "<a title='x > y' password='***'>z</a>"},
		{"application/xml", `<a title="x > y" password="hunter2">z</a>`, `<a title="x > y" password="***">z</a>`},
		{"application/xml", "<a>x</a><b secret='s3cr3t", "<a>x</a><b secret='s3cr3t"},
		{"application/xml", "<a>x</a><!-- password=hunter2", "<a>x</a><!-- password=***"},
		{"application/xml", "<password><![CDATA[hunter2", "<password><![CDATA[***"},
		{"application/xml", "<password>hunter2</password", "<password>***</password"},
		{"multipart/form-data; boundary=bb", "--bb\nContent-Disposition: form-data; name=password\n\nhunter2\n--bb--\n", "--bb\nContent-Disposition: form-data; name=password\n\n***\n--bb--\n"},
		{"multipart/form-data; boundary=bb", "--bb\r\nContent-Disposition: form-data; name=password\r\n\r\nhunter2\n--bb--", "--bb\r\nContent-Disposition: form-data; name=password\r\n\r\n***\n--bb--"},
		{"multipart/form-data; boundary=bb", "--bb\r\nno empty line\r\n--bb--", "--bb\r\nno empty line\r\n--bb--"},
		{"application/x-www-form-urlencoded", "password=hunter2&a=b+c&&d&=e&token=", "password=***&a=b+c&&d&=e&token="},
		{"application/x-www-form-urlencoded", "a[password]=x%20y&b=%zz", "a[password]=***&b=%zz"},
		{"text/csv", "name,\"password\"\njoe,\"hunter2\",more\n\nann,pw2", "name,\"password\"\njoe,\"***\",more\n\nann,***"},
		{"text/csv", "name;password;a,b\njoe;hunter2;c", "name;password;a,b\njoe;***;c"},
		{"text/csv", "password,a;b\nhunter2,x;y", "password,a;b\n***,x;y"},
		{"text/html", `<input name="a" type="text" value="hello"><a rel="password" value="hello">`, `<input name="a" type="text" value="hello"><a rel="password" value="hello">`},
		{"text/html", `<input name="a" TYPE="Password" value="hello">`, `<input name="a" TYPE="Password" value="***">`},
		{"text/tab-separated-values", "name\tpassword\r\njoe\thunter2\r\n", "name\tpassword\r\njoe\t***\r\n"},
		{"text/plain", "password: hunter2 # of joe\nother: x\n", "password: \"***\" # of joe\nother: x\n"},
		{"text/plain", "password: 'hunter2'\n", "password: '***'\n"},
		{"text/plain", "password:\n  - hunter2\n  - \"other\"\nnext: x\n", "password:\n  - \"***\"\n  - \"***\"\nnext: x\n"},
		{"text/plain", "passwords:\n  a: hunter2\n  b: c: d\nx: y\n", "passwords:\n  a: \"***\"\n  b: \"***\"\nx: y\n"},
		{"text/plain", "password: |\n  hunter2\n  more\nx: y\n", "password: |\n  \"***\"\n  \"***\"\nx: y\n"},
		{"text/plain", "tokens: [a1b2, 'c3d4']\n", "tokens: [***, '***']\n"},
		{"text/plain", "kind: Secret\ndata:\n  a: aHVudGVyMg\n", "kind: Secret\ndata:\n  a: \"***\"\n"},
		{"text/plain", "- name: PASSWORD\n  value: hunter2\n- name: X\n  value: y\n", "- name: PASSWORD\n  value: \"***\"\n- name: X\n  value: y\n"},
		{"text/plain", "token: expired", "token: expired"},
		{"text/plain", "credentials: {user: joe, password: hunter2}\n", "credentials: {user: joe, password: ***}\n"},
		{"text/plain", "token: Bearer x1y\n", "token: Bearer x1y\n"},
		{"text/plain", "token: Bearer x1y2\n", "token: \"***\"\n"},
		{"text/plain", "password: \"hunter2\" and \"more\nx: y", "password: \"***\" and \"more\nx: y"},
		{"text/plain", "password: ***\n", "password: ***\n"},
		{"text/plain", "api_key:\n  kind: plain\n  more:\nx: y\n", "api_key:\n  kind: plain\n  more:\nx: y\n"},
		{"text/plain", `x \"password\": \"hunter2\"`, `x \"password\": \"***\"`},
		{"text/plain", `x \"password\": \"hunter2`, `x \"password\": \"***`},
		{"text/plain", "see https://h.io/reset-password/aB3dE5gH7jK9mN1pQ now", "see https://h.io/reset-password/*** now"},
		{"text/plain", "got <token>x1y2z3</token>", "got <token>***</token>"},
		{"text/plain", "password: ok?", "password: ok?"},
		{"text/plain", "export DB_PASSWORD=hunter2", "export DB_PASSWORD=\"***\""},
		{"text/plain", "the password is hunter2 and the token is old", "the password is *** and the token is old"},
		{"text/plain", "run --password hunter2 --user joe", "run --password *** --user joe"},
		{"text/plain", "x password => 'hunter2', b'hunter3'", "x password => '***', b'hunter3'"},
		{"text/plain", "see https://joe:pw12@h.io/a?token=x1&b=c#api_key=y and https://h.io/?a=b.", "see https://joe:***@h.io/a?token=***&b=c#api_key=*** and https://h.io/?a=b."},
	} {
		var fields []capture.Field
		if tt.media != "" {
			fields = []capture.Field{{Name: "Content-Type", Value: tt.media}}
		}
		if got, _ := scan(t).Body(fields, []byte(tt.in)); string(got) != tt.want {
			t.Errorf("%s %q:\n got %q\nwant %q", tt.media, tt.in, got, tt.want)
		}
	}
	for in, want := range map[string]string{
		"/reset-password/aB3dE5gH7jK9mN1pQ":       "/reset-password/***",
		"/reset-password/short":                   "/reset-password/short",
		"/a;token=x1;b=c/d?e=f":                   "/a;token=***;b=c/d?e=f",
		"/a#b":                                    "/a#b",
		"/a?code=true&code=NONE&code=x1":          "/a?code=true&code=NONE&code=***",
		"/a?b=c#token=x":                          "/a?b=c#token=***",
		"https://joe:pw12@h.io/?password=x&y":     "https://joe:***@h.io/?password=***&y",
		"/a?next=https%3A%2F%2Fh%2F%3Ftoken%3Dx1": "/a?next=https%3A%2F%2Fh%2F%3Ftoken%3D***",
	} {
		if got := scan(t).Target(in); got != want {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		}
	}
}

// The length of strings in binary formats is read in each of its forms, as far as it is
// there.
func TestLengthsOfStrings(t *testing.T) {
	for in, want := range map[string][2]int{
		"\x60": {0, 1}, "\x77": {23, 1}, "\xa0": {0, 1}, "\xbf": {31, 1}, "\xd9\x07": {7, 2}, "\x78\x07": {7, 2}, "\xc4\x07": {7, 2}, "\x58\x07": {7, 2},
		"\xda\x01\x02": {258, 3}, "\x79\x01\x02": {258, 3}, "\xd9": {}, "\xda\x01": {}, "\x5f": {}, "\xc0": {}, "\x9f": {}, "": {},
	} {
		if n, size := prefixed([]byte(in), 0); n != want[0] || size != want[1] {
			t.Errorf("%x: %d bytes after %d, want %v", in, n, size, want)
		}
	}
	if n, size := prefixed([]byte("a"), -1); n+size != 0 {
		t.Error("before the beginning")
	}
	name := strings.Repeat("a", 56) + "password"
	for _, tt := range []struct{ in, want string }{
		{"\x00\xd9\x40" + name + "\xa2hi\x00", "\x00\xd9\x40" + name + "\xa2**\x00"},
		{"\x00\xd9\x41a" + name + "\xa2hi\x00", "\x00\xd9\x41a" + name + "\xa2hi\x00"},
		{"\x00\xa2pw\xa1x", "\x00\xa2pw\xa1*"},
		{"\x00\xa2pw\xa0x", "\x00\xa2pw\xa0x"},
		{"\x00\xa2pw\xa2x", "\x00\xa2pw\xa2x"},
	} {
		if got, _ := scan(t).Body(nil, []byte(tt.in)); string(got) != tt.want {
			t.Errorf("%q: %q", tt.in, got)
		}
	}
}

// Of a binary body that is compressed nothing is shown where something is hidden; values
// that are known are hidden in binary ones, too.
func TestBinaryBodies(t *testing.T) {
	r, err := New(Config{Known: []string{"hunter2"}})
	if err != nil {
		t.Fatal(err)
	}
	plain := []byte("\x00\xffhunter2\x00")
	s := r.Scan()
	if got, _ := s.Body(nil, plain); string(got) != "\x00\xff*******\x00" {
		t.Errorf("%q", got)
	}
	s.Body(nil, []byte("\x00\xffother\x00"))
	if hits := s.Hits(); len(hits) != 1 || hits[Hit{byKnown, "body"}] != 1 {
		t.Errorf("hits %v", hits)
	}
	packed, err := body.Encode(plain, []string{"gzip"})
	if err != nil {
		t.Fatal(err)
	}
	fields := []capture.Field{{Name: "Content-Encoding", Value: "gzip"}}
	if got, _ := r.Scan().Body(fields, packed); string(got) != "(compressed binary data with secrets in it)\n" {
		t.Errorf("%q", got)
	}
	harmless, err := body.Encode([]byte("\x00\xffharmless\x00"), []string{"gzip"})
	if err != nil {
		t.Fatal(err)
	}
	if got, kept := r.Scan().Body(fields, harmless); !slices.Equal(got, harmless) || len(kept) != 1 {
		t.Errorf("%q, %v", got, kept)
	}
}

// Of a body that was not decompressed to its end, the rest is not shown where something is
// hidden.
func TestRestThatWasNotRead(t *testing.T) {
	if testing.Short() {
		t.Skip("8 MiB take a minute under the race detector")
	}
	raw, err := body.Encode([]byte(`{"password":"hunter2","a":"`+strings.Repeat("x", 9<<20)+`"}`), []string{"gzip"})
	if err != nil {
		t.Fatal(err)
	}
	fields := []capture.Field{{Name: "Content-Type", Value: "application/json"}, {Name: "Content-Encoding", Value: "gzip"}}
	out, kept := scan(t).Body(fields, raw)
	begin, end := `{"password":"***","a":"xxx`, "xxx\n(the rest is left out)\n"
	if got := string(out); !strings.HasPrefix(got, begin) || !strings.HasSuffix(got, end) || len(kept) != 1 {
		t.Errorf("it begins with %.40q and ends with %q, %v", got, got[max(0, len(got)-40):], kept)
	}
}

// An exchange is shown without its secrets in each of its parts; the original stays.
func TestEachPartOfAnExchange(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	const hidden = "https://h.io/?token=hunter2"
	text := capture.NewBody([]byte(`{"password":"hunter2"}`))
	fields := func() []capture.Field { return []capture.Field{{Name: "Cookie", Value: "hunter2"}} }
	reply := capture.Reply{Status: 200, Fields: fields(), Trailers: fields(), Body: text}
	ex := &capture.Exchange{
		ID: 1, At: time.Unix(1, 0), Note: "password=hunter2", PublicURL: hidden, Pending: []string{hidden},
		Request: capture.Request{Method: "POST", Target: "/?token=hunter2", Fields: fields(), Trailers: fields(), Body: text},
		Reply:   reply,
		Attempts: []*capture.Attempt{
			{N: 1, To: hidden, Target: "/?token=hunter2", SignedURL: hidden, Fields: fields(), Trailers: fields(), Body: text, Reply: reply, Err: "password=hunter2", Changes: []string{"Cookie: hunter2"}},
			{N: 2, SameBody: true, Body: text},
		},
	}
	before := fmt.Sprintf("%+v %+v", *ex, *ex.Attempts[0])
	got, err := r.Exchange(t.Context(), ex)
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%+v", *got)
	for _, a := range got.Attempts {
		shown += fmt.Sprintf("%+v", *a)
	}
	bodies := map[string]capture.Body{"request": got.Request.Body, "reply": got.Reply.Body, "attempt": got.Attempts[0].Body, "response": got.Attempts[0].Reply.Body, "the same": got.Attempts[1].Body}
	for what, b := range bodies {
		raw, err := b.Bytes(t.Context())
		if err != nil || string(raw) != `{"password":"***"}` {
			t.Errorf("the body of the %s: %s, %v", what, raw, err)
		}
		shown += string(raw)
	}
	if i := strings.Index(shown, "hunter2"); i >= 0 {
		t.Errorf("it shows %s", shown[max(0, i-60):i+7])
	}
	if after := fmt.Sprintf("%+v %+v", *ex, *ex.Attempts[0]); after != before {
		t.Errorf("it was changed:\n%s\n%s", before, after)
	}
	forgotten := *ex
	forgotten.Request.Body = capture.ForgottenBody(7)
	if got, err = r.Exchange(t.Context(), &forgotten); err != nil || !got.Request.Body.IsForgotten() || got.Request.Body.Size() != 7 {
		t.Errorf("a body that is gone: %v", err)
	}
	for what, change := range map[string]func(*capture.Exchange, capture.Body){
		"request": func(ex *capture.Exchange, b capture.Body) { ex.Request.Body = b },
		"reply":   func(ex *capture.Exchange, b capture.Body) { ex.Reply.Body = b },
		"attempt": func(ex *capture.Exchange, b capture.Body) { ex.Attempts = []*capture.Attempt{{N: 1, Body: b}} },
		"response": func(ex *capture.Exchange, b capture.Body) {
			ex.Attempts = []*capture.Attempt{{N: 1, Reply: capture.Reply{Body: b}}}
		},
	} {
		bad := *ex
		change(&bad, capture.StoredBody(gone{}, 1, 3))
		if got, err := r.Exchange(t.Context(), &bad); err == nil {
			t.Errorf("the body of the %s cannot be read: %+v", what, got)
		}
	}
}

type gone struct{}

func (gone) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, capture.ErrEvicted }
