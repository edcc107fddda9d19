package body

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/lru"
	"creel/capture/safe"
)

// counting is a source that counts how often it is asked.
type counting struct {
	body  []byte
	asked int
	err   error
}

func (c *counting) Body(context.Context, capture.BodyRef) ([]byte, error) {
	c.asked++
	return c.body, c.err
}

// What had to be fetched or decoded is kept, so that it is not again; what is at hand as it
// is, empty, or too large is not.
func TestWhatTheCacheKeeps(t *testing.T) {
	const most = lru.DefaultLimit - lru.Overhead
	gzip := []capture.Field{{Name: "Content-Encoding", Value: "gzip"}}
	packed := compressed(t, "gzip", []byte("hello"))
	for _, tt := range []struct {
		what   string
		id     capture.ID
		source *counting
		memory []byte
		fields []capture.Field
		want   string
		kept   bool
	}{
		{"fetched", 1, &counting{body: []byte("hello")}, nil, nil, "hello", true},
		{"decoded", 1, nil, packed, gzip, "hello", true},
		{"another charset", 1, nil, []byte("caf\xe9"), []capture.Field{{Name: "Content-Type", Value: "text/plain; charset=latin1"}}, "café", true},
		{"at hand", 1, nil, []byte("hello"), nil, "hello", false},
		{"without an id", 0, nil, packed, gzip, "hello", false},
		{"empty", 1, nil, nil, nil, "", false},
		{"too large", 1, &counting{body: bytes.Repeat([]byte("x"), most+1)}, nil, nil, strings.Repeat("x", most+1), false},
		{"as large as can be", 1, &counting{body: bytes.Repeat([]byte("x"), most)}, nil, nil, strings.Repeat("x", most), true},
	} {
		var c Cache
		ex := &capture.Exchange{ID: tt.id, Request: capture.Request{Fields: tt.fields, Body: capture.NewBody(tt.memory)}}
		if tt.source != nil {
			ex.Request.Body = capture.StoredBody(tt.source, 1, int64(len(tt.source.body)))
		}
		for range 2 {
			if text, err := c.Text(t.Context(), ex); err != nil || string(text) != tt.want {
				t.Errorf("%s: %.20q, %v", tt.what, text, err)
			}
		}
		if _, kept := c.kept.Get(tt.id); kept != tt.kept || tt.source != nil && tt.source.asked != map[bool]int{true: 1, false: 2}[kept] {
			t.Errorf("%s: kept %v", tt.what, kept)
		}
	}
	broken := errors.New("broken")
	var c Cache
	if _, err := c.Text(t.Context(), &capture.Exchange{ID: 1, Request: capture.Request{Body: capture.StoredBody(&counting{err: broken}, 1, 1)}}); !errors.Is(err, broken) {
		t.Errorf("a body that cannot be fetched: %v", err)
	}
}

// A media type is read as far as it can be.
func TestMediaTypes(t *testing.T) {
	for value, want := range map[string]string{
		"Text/Plain; Charset=UTF-8": "text/plain charset=UTF-8", "a/b": "a/b", "a/b;": "a/b", "a/b; x": "a/b", "A/B; x=\"": "a/b", " a/b ": "a/b", "": "", "a": "a", "a b": "a b", "multipart/mixed; boundary=\"x y\"": "multipart/mixed boundary=x y",
	} {
		media, params := MediaType([]capture.Field{{Name: "X", Value: "no/no"}, {Name: "content-TYPE", Value: value}, {Name: "Content-Type", Value: "second/one"}})
		got := media
		for k, v := range params {
			got += " " + k + "=" + v
		}
		if got != want {
			t.Errorf("%q is %q, want %q", value, got, want)
		}
	}
	if media, _ := MediaType(nil); media != "" {
		t.Error(media)
	}
	c := &Content{Media: "application/x+json"}
	if !c.is("+json") || c.is("json") || c.is("x+json") || !c.is("a/b", "application/x+json") || c.is() {
		t.Error("what a media type is")
	}
}

// The charset of data is that of its first bytes, of its fields, or of what it says itself.
func TestCharsets(t *testing.T) {
	for _, tt := range []struct{ media, data, want string }{
		{"text/plain; charset=latin1", "a", "windows-1252"},
		{"text/plain; charset=Shift_JIS", "a", "shift_jis"},
		{"text/plain; charset=utf-8", "a", ""},
		{"text/plain; charset=none-such", "a", ""},
		{"text/plain; charset=utf-16", "a", ""},
		{"text/plain; charset=utf-16", "a\x00", "utf-16le"},
		{"text/plain; charset=latin1", "\xff\xfea\x00", "UTF-16LE"},
		{"", "\xfe\xff\x00a", "UTF-16BE"},
		{"", "<?xml version=\"1.0\" encoding=\"koi8-r\"?><a/>", "koi8-r"},
		{"", "a", ""},
		{"", "", ""},
	} {
		enc, name := Charset([]byte(tt.data), []capture.Field{{Name: "Content-Type", Value: tt.media}})
		if name != tt.want || (enc != nil) != (tt.want != "") {
			t.Errorf("%s %q: %q, want %q", tt.media, tt.data, name, tt.want)
		}
	}
}

// Text is what has no NUL, and of other oddities no more than one in sixteen.
func TestWhatIsPrintable(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "a": true, "\x00": false, "\x01": false, strings.Repeat("a", 15) + "\x01": true, strings.Repeat("a", 14) + "\x01": false, strings.Repeat("a", 31) + "\xff": true, strings.Repeat("a", 30) + "\xff\xff": true, strings.Repeat("a", 29) + "\xff\xff": false,
		"\t\n\r\f\x1b\x1e": true, "\x7f": false, "\ufffd": true, strings.Repeat("a", peek) + "\x00": true, strings.Repeat("a", peek-1) + "\x00": false,
	} {
		if got := (&Content{Text: []byte(text)}).printable(); got != want {
			t.Errorf("%.40q is text: %v", text, got)
		}
	}
}

// The parts of a body come as they were before their transfer, as far as that can be undone.
func TestTransferOfParts(t *testing.T) {
	for _, tt := range []struct{ encoding, data, want string }{
		{"base64", "aGVsbG8=", "hello"}, {"BASE64", "aGVs\r\nbG8=", "hello"}, {"base64", "aGVsbG8!", "hel"}, {"base64", "!", "!"}, {"quoted-printable", "a=3Db=\r\nc", "a=bc"}, {"Quoted-Printable", "caf=C3=A9", "café"}, {"8bit", "a=3D", "a=3D"}, {"", "x", "x"}, {"base64", "", ""},
	} {
		if got := string(undoTransfer(tt.encoding, []byte(tt.data))); got != tt.want {
			t.Errorf("%s of %q: %q, want %q", tt.encoding, tt.data, got, tt.want)
		}
	}
}

// A note names what was decoded, with the sizes; where nothing was, there is none.
func TestNotesOfContent(t *testing.T) {
	plain := Read([]byte("hello"), nil)
	packed := Read(compressed(t, "gzip", []byte("hello")), []capture.Field{{Name: "Content-Encoding", Value: "gzip"}})
	if len(plain.Notes) != 0 || len(packed.Notes) != 1 || !strings.HasPrefix(packed.Notes[0].String(), "gzip: ") || !strings.HasSuffix(packed.Notes[0].String(), " B, decoded 5 B") {
		t.Errorf("%q, %q", plain.Notes, packed.Notes)
	}
}

// A line of JSON that shows as much as a row may is one row, and one with a byte more is two.
func TestRowsAtTheBound(t *testing.T) {
	for _, value := range []string{"{}", "[ ]", "1", `"ab"`, "[1]"} {
		shown := len(strings.ReplaceAll(value, " ", "")) // the white space within is left out
		if value == "[1]" {
			shown = 1 // the bracket
		}
		for d := -2; d <= 2; d++ {
			key := `"` + strings.Repeat("k", MaxRow-2-shown+d) + `"`
			v := openAs(t, "application/json", "{"+key+":"+value+"}", Pretty)
			rows := 0
			for i := range v.Doc.Len() {
				if l := v.Doc.Line(i); l.Depth == 1 && !strings.HasSuffix(l.Text().String(), " ]") {
					rows++
				}
			}
			want := 1
			if d > 0 {
				want = 2
			}
			if rows != want {
				t.Errorf("%s after a name of %d bytes: %d rows, want %d", value, len(key), rows, want)
			}
		}
	}
}

// A search finds the rows in which it stands, and those only; a row is where its bytes are.
func TestSearchFindsWhatIsShown(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long under the race detector, which has nothing to find in it")
	}
	for media, body := range large() {
		v := openAs(t, media, body, Pretty)
		var lines []string
		for i := range v.Doc.Len() {
			lines = append(lines, strings.ToLower(v.Doc.Line(i).Text().String()))
		}
		for _, q := range []string{"line 7", "9", "true", "y", "299", "n", "</b>", "end"} {
			found := map[int]bool{}
			last := -1
			if err := v.Search(t.Context(), q, func(row int) bool {
				if row <= last {
					t.Errorf("%s: %q: row %d after %d", media, q, row, last)
				}
				last, found[row] = row, true
				return true
			}); err != nil {
				t.Fatal(err)
			}
			for i, line := range lines {
				shown := strings.Contains(line, q)
				if shown && !found[i] && media != "application/octet-stream" {
					t.Fatalf("%s: %q is in line %d, and not found: %.80q", media, q, i, line)
				}
				if found[i] && !shown && media == "text/plain" && len(q) == 1 {
					t.Fatalf("%s: %q is found in line %d: %.80q", media, q, i, line)
				}
			}
		}
		n := 0
		if err := v.Search(t.Context(), "1", func(int) bool { n++; return n < 3 }); err != nil || n != 3 {
			t.Errorf("%s: %d were taken of three, %v", media, n, err)
		}
	}
	d, err := newText(t.Context(), []byte(large()["text/plain"]))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < d.Len(); i += 7 {
		if l := d.Line(i); d.rowOf(l.Off) != i || l.End > l.Off && d.rowOf(l.End-1) != i {
			t.Fatalf("row %d has the bytes [%d,%d), which are in row %d", i, l.Off, l.End, d.rowOf(l.Off))
		}
	}
}

// Of very many parts the first are laid out, and it says so.
func TestManyParts(t *testing.T) {
	parts := func(n int) *View {
		return openAs(t, "multipart/mixed; boundary=b", strings.Repeat("--b\r\n\r\n\r\n", n)+"--b--\r\n", Pretty)
	}
	if v := parts(maxParts); v.Doc.Len() != maxParts || len(v.Notes) != 0 {
		t.Errorf("%d parts: %d lines, %q", maxParts, v.Doc.Len(), v.Notes)
	}
	if v := parts(maxParts + 1); v.Doc.Len() != maxParts || len(v.Notes) != 1 {
		t.Errorf("%d parts: %d lines, %q", maxParts+1, v.Doc.Len(), v.Notes)
	}
}

// Of very many lines the first are laid out, and it says so; what would open behind them
// does not.
func TestManyLines(t *testing.T) {
	if testing.Short() {
		t.Skip("lays out many lines")
	}
	list := func(n int) string { return "\x9f" + strings.Repeat("\x00", n-2) + "\xff" }
	message := func(n int) string { return strings.Repeat("\x08\x01", n-3) + "\x12\x02\x08\x01" } // the last three are one
	for _, tt := range []struct {
		media, body string
		cut         bool
	}{
		{"application/cbor", list(maxLines), false},
		{"application/cbor", list(maxLines + 1), true},
		{"application/protobuf", message(maxLines), false},
		{"application/protobuf", message(maxLines + 3), true},
	} {
		v := openAs(t, tt.media, tt.body, Pretty)
		cut := slices.ContainsFunc(v.Notes, func(n safe.Text) bool {
			return strings.HasPrefix(n.String(), "only the first 200000 lines are laid out")
		})
		if v.Doc.Len() != maxLines || cut != tt.cut || v.Doc.Line(maxLines-1).Fold != FoldNone {
			t.Errorf("%s: %d lines, %q, %v at the end", tt.media, v.Doc.Len(), v.Notes, v.Doc.Line(maxLines-1).Fold)
		}
	}
}

// A place in a text is moved back to where its character begins, and no further than one
// character.
func TestRuneStart(t *testing.T) {
	for _, tt := range []struct {
		text     string
		at, want int
	}{
		{"abc", 1, 1}, {"é", 1, 0}, {"aé", 2, 1}, {"a世", 3, 1}, {"a😀", 4, 1}, {"a😀", 3, 1}, {"a😀", 2, 1}, {"a😀", 1, 1}, {"\x80\x80\x80\x80\x80", 4, 4}, {"\x80\x80", 1, 1}, {"abc", 3, 3}, {"abc", 9, 3}, {"", 0, 0}, {"é", 0, 0},
	} {
		if got := runeStart([]byte(tt.text), tt.at); got != tt.want {
			t.Errorf("%q at %d: %d, want %d", tt.text, tt.at, got, tt.want)
		}
	}
}

// Hexadecimal has as many bytes in a line as there is room for, four at least.
func TestHexFits(t *testing.T) {
	for cells := range 100 {
		v := openAs(t, "", "\x00"+strings.Repeat("a", 40), Hex)
		v.Fit(cells)
		l := v.Doc.Line(0)
		per, width := l.End-l.Off, len(l.Text().String())
		if per != 16 && per != 8 && per != 4 || per > 4 && width > cells {
			t.Errorf("%d bytes in %d of %d cells", per, width, cells)
		}
		if twice := width + 4*per; per < 16 && twice <= cells {
			t.Errorf("%d bytes in %d cells, and there is room for twice as many", per, cells)
		}
	}
	openAs(t, "", "text", Raw).Fit(10) // it does not care
}

// What is searched is what is shown as text, in whatever charset it came.
func TestSearchedIsTheTextThatIsShown(t *testing.T) {
	for _, tt := range []struct{ media, body, want string }{
		{"text/plain; charset=iso-8859-1", "caf\xe9", "café"},
		{"text/plain; Charset=\"ISO-8859-1\"", "\xe9", "é"},
		{"text/plain; charset=shift_jis", "\x90\xa2", "世"},
		{"application/json", "\xff\xfe{\x00}\x00", "{}"},
		{"", "\xfe\xff\x00a", "a"},
		{"text/plain; charset=utf-16le", "a\x00b\x00", "ab"},
		{"text/plain; charset=utf-8", "\xff\xfea\x00", "a"},
		{"text/xml", "\n<?xml version='1.0'?><a>\xe9</a>", "\n<?xml version='1.0'?><a>\xe9</a>"},
		{"text/xml", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>"},
		{"text/html", " <meta charset=latin1>\xe9", " <meta charset=latin1>é"},
		{"text/plain; charset=utf-8", "café", "café"},
		{"text/plain", "caf\xe9", "caf\xe9"},
		{"text/plain; charset=nonsense", "caf\xe9", "caf\xe9"},
		{"", "", ""},
	} {
		for _, coding := range []string{"", "gzip"} {
			fields, raw := []capture.Field{{Name: "Content-Type", Value: tt.media}}, []byte(tt.body)
			if coding != "" {
				fields, raw = append(fields, capture.Field{Name: "Content-Encoding", Value: coding}), compressed(t, coding, raw)
			}
			got := Searched(t.Context())(&capture.Exchange{Request: capture.Request{Fields: fields, Body: capture.NewBody(raw)}})
			if shown := Read(raw, fields).Text; string(got) != tt.want || string(shown) != tt.want {
				t.Errorf("%s %s %q: %q, shown as %q", tt.media, coding, tt.body, got, shown)
			}
		}
	}
}

// A body in UTF-8, as most are, is searched where it is.
func TestSearchedCopiesNoUTF8(t *testing.T) {
	ex := &capture.Exchange{Request: capture.Request{
		Fields: []capture.Field{{Name: "Content-Type", Value: "application/json; charset=utf-8"}}, Body: capture.NewBody([]byte(`{"a":"café"}`)),
	}}
	search := Searched(t.Context())
	if n := testing.AllocsPerRun(10, func() { search(ex) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
