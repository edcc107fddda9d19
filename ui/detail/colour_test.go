package detail

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/provider"
	"creel/ui/theme"
)

// tinting writes a text with the kinds of its tints.
func tinting(language, text string) string {
	names := map[theme.Syntax]string{
		theme.SyntaxKey: "k", theme.SyntaxString: "s", theme.SyntaxNumber: "n", theme.SyntaxConstant: "c",
		theme.SyntaxKeyword: "w", theme.SyntaxComment: "#", theme.SyntaxTag: "t", theme.SyntaxAttr: "a", theme.SyntaxName: "x",
	}
	var b strings.Builder
	at := 0
	for _, t := range tintsOf(context.Background(), language, text) {
		if n := names[t.kind]; n != "" {
			b.WriteString(n + "(" + text[at:t.end] + ")")
		} else {
			b.WriteString(text[at:t.end])
		}
		at = t.end
	}
	return b.String() + text[at:]
}

func TestTints(t *testing.T) {
	for _, tt := range []struct{ language, text, want string }{
		{"javascript", "const a = `x\ny` + 'b' // c\n/* d\n*/ return 15", "w(const) a = s(`x\ny`) + s('b') #(// c\n)#(/* d\n*/) w(return) n(15)"},
		{"yaml", "a-b: 'x' # c\n- t: true", "t(a-b): s('x') #(# c)\n- t(t): c(true)"},
		{"xml", `<a x="1">t &lt;</a>`, `t(<a) a(x=)s("1")t(>)t c(&lt;)t(</a>)`},
		{"html", "<p>x<script>if (1) {}</script>", "<t(p)>x<t(script)>w(if) (n(1)) {}</t(script)>"},
		{"graphql", "query Q($id: ID!) { a }", "w(query) x(Q)(x($id): x(ID)!) { k(a) }"},
		{"css", "a { color: #fff } /* x */", "t(a) { w(color): n(#fff) } #(/* x */)"},
		{"toml", "a = 1 # c", "a = n(1) #(# c)"},
		{"ini", "[a]\nb=c", "w([a])\na(b)=s(c)"},
		{"sql", "SELECT aa FROM bb WHERE cc = 'd'", "w(SELECT) aa w(FROM) bb w(WHERE) cc = s('d')"},
		{"nothing", "a", "a"},
	} {
		if diff := cmp.Diff(tt.want, tinting(tt.language, tt.text)); diff != "" {
			t.Errorf("%s: %s", tt.language, diff)
		}
	}
}

// document is a request with a body of a media type.
func document(id capture.ID, media, text string) *capture.Exchange {
	return &capture.Exchange{ID: id, Request: capture.Request{
		Fields: fields("Content-Type: " + media), Body: capture.NewBody([]byte(text)), Size: int64(len(text)),
	}}
}

func colours(p *Pane) int { return strings.Count(p.View(false), "\x1b[") }

func TestColourComesBesideTheScreen(t *testing.T) {
	th, err := theme.New(theme.Options{Colors: theme.ColorsTrue})
	if err != nil {
		t.Fatal(err)
	}
	p := newPane(t, Deps{}, 60, 12, false)
	p.SetTheme(th)
	ex := document(1, "text/xml", "<a><b x='1'>t</b><c><d>2</d></c></a>")
	cmd := p.Show(ex)
	plain := colours(p)
	drain(p, cmd)
	full := colours(p)
	if full <= plain {
		t.Fatalf("%d styles when it is there, %d before:\n%s", full, plain, p.View(false))
	}

	p.sheet().folds().FoldLevel(1)
	p.redraw()
	if folded := colours(p); folded <= plain || !strings.Contains(p.View(false), th.Syntax(theme.SyntaxTag).Lit("<c>")) {
		t.Errorf("folded:\n%s", p.View(false))
	}

	drain(p, p.Show(document(2, "text/plain", "x")))
	p.Show(ex)
	if got := colours(p); got != full {
		t.Errorf("shown again: %d styles at once, want %d", got, full)
	}
}

func TestColourIsNotForWhatLeft(t *testing.T) {
	p := newPane(t, Deps{}, 60, 12, false)
	cmd := p.Show(document(1, "application/yaml", "a: 1"))
	p.Show(nil)
	drain(p, cmd)
	if len(p.tints) != 0 {
		t.Error("coloured what nobody sees")
	}
}

// What is shown as it came, byte by byte, has no colours: the whole request, and
// what was signed.
func TestNoColourWhereBytesMatter(t *testing.T) {
	ex := document(1, "text/xml", "<a>1</a>")
	ex.Request.Method, ex.Request.Target, ex.Request.Proto = "POST", "/", "HTTP/1.1"
	ex.Signature.Verdict = capture.Valid
	check := func(context.Context, *capture.Exchange, time.Time) (provider.Result, error) {
		return provider.Result{Signature: ex.Signature, Content: []byte("<a>1</a>")}, nil
	}
	for tab, want := range map[Tab]int{Body: 1, Wire: 0, Signature: 0} {
		p := newPane(t, Deps{Check: check}, 60, 20, false)
		p.tab = tab
		drain(p, p.Show(ex))
		if p.sheet().view == nil || len(p.sheet().sources) != want {
			t.Errorf("tab %d: %d pieces are coloured, want %d", tab, len(p.sheet().sources), want)
		}
	}
}

// What was coloured is kept for a few bodies, not for all that were looked at.
func TestColoursAreForgotten(t *testing.T) {
	p := newPane(t, Deps{}, 60, 12, false)
	for i := range 3 * keptColours {
		drain(p, p.Show(document(capture.ID(i+1), "application/yaml", fmt.Sprint("a: ", i))))
		if n := len(p.tints); n < 1 || n > keptColours {
			t.Fatalf("the colours of %d bodies are kept after %d", n, i+1)
		}
	}
}

func TestOnlyTheBeginningIsColoured(t *testing.T) {
	text := strings.Repeat("key: value\n", 2*mostColoured/11)
	v, err := body.Open(t.Context(), body.Read([]byte(text), fields("Content-Type: application/yaml")), body.Raw)
	if err != nil {
		t.Fatal(err)
	}
	s := sourcesOf(v)
	if n := len(s[0].text); n < mostColoured || n > mostColoured+body.MaxRow {
		t.Errorf("%d bytes", n)
	}
	s[0].tints = tints{{len(s[0].text), theme.SyntaxTag}}
	p := page{view: v, sources: s}
	for i := range p.len() { // rows beyond are as they were
		r := p.row(i)
		if got := spanned(p.tinted(i, r.spans)); got != "key: value" {
			t.Fatalf("row %d: %q", i, got)
		}
	}
}

// FuzzTinted shows that colours change no text, whatever the text and the
// language are.
func FuzzTinted(f *testing.F) {
	medias := []string{"text/xml", "text/html", "application/yaml", "application/graphql", "text/css", "text/javascript", "text/markdown"}
	for i, s := range []string{"<a b='c\td'>\x9b</a>", "<p>e\u0301\u200d<b>", "a: \r\nb", "{ \xff }", "a{}", "`\n", "# \U0001F468\u200d\U0001F469"} {
		f.Add(s, byte(i))
	}
	f.Fuzz(func(t *testing.T, text string, media byte) {
		c := body.Read([]byte(text), fields("Content-Type: "+medias[int(media)%len(medias)]))
		v, err := body.Open(t.Context(), c, body.Pretty)
		if err != nil {
			t.Fatal(err)
		}
		plain, full := page{view: v}, page{view: v, sources: sourcesOf(v)}
		for i := range full.sources {
			s := &full.sources[i]
			s.tints = tintsOf(t.Context(), s.language, s.text)
		}
		for i := range plain.len() {
			r := plain.row(i)
			if at, bt := spanned(r.spans), spanned(full.tinted(i, r.spans)); at != bt {
				t.Fatalf("row %d: %q is coloured as %q", i, at, bt)
			}
		}
	})
}

func spanned(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text.String())
	}
	return b.String()
}

// BenchmarkTints colours as much as is ever coloured, beside the screen. It must
// beat a second, for half of which one may read it plainly.
func BenchmarkTints(b *testing.B) {
	text := strings.Repeat("<order id=\"1\"><name>x &amp; y</name></order>\n", mostColoured/45)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		tintsOf(b.Context(), "xml", text)
	}
}
