package body

import (
	"context"
	"errors"
	"fmt"

	"creel/capture/jsontok"
	"creel/capture/safe"
)

// The modes of a view. Further modes are the names of [Formats].
const (
	Pretty = "pretty" // as suits the content
	Tree   = "tree"   // the same, folded to begin with
	Raw    = "raw"    // as text, as it is
	Hex    = "hex"
)

// JSON is the format of a view whose values can be changed one by one.
const JSON = "json"

// View is a body laid out in one way.
type View struct {
	Format string // the renderer's name: json, xml, form, ...
	Doc    Doc
	// Folds is Doc where its containers can be folded, else nil.
	Folds *Folded
	// Code are the stretches in a language, in order.
	Code []Code
	// Notes say what the view is not: cut, damaged, not what it claims to be.
	Notes []safe.Text
	// Bad is the line where the content is wrong, -1 when there is none.
	Bad int
	// Expect is 0, or of a view that [Begin] made about how many rows the whole has, where
	// it was decompressed how many at most.
	Expect int
}

func (v *View) note(format string, args ...any) {
	v.Notes = append(v.Notes, safe.Line(fmt.Sprintf(format, args...)))
}

// How well a renderer suits a content.
const (
	unfit    = iota
	possible // it might be
	likely   // it looks like it
	declared // it says so
	certain  // it says so in a way that another renderer cannot know
)

// renderer is one way to lay out bodies.
type renderer struct {
	name  string
	folds bool // it has containers
	fits  func(*Content) int
	// open lays out; an error other than ctx's means that the content is not of
	// this format, and is shown with the raw content. A *[jsontok.SyntaxError] gives the
	// place in Content.Text.
	open func(context.Context, *Content) (*View, error)
}

// renderers in the order in which they are asked; of those that fit alike, the
// first is taken. It is a function because multipart opens its parts with it.
func renderers() []renderer {
	return []renderer{
		{"graphql", false, fitsGraphQL, openGraphQL},
		{"ndjson", true, fitsNDJSON, openNDJSON},
		{JSON, true, fitsJSON, openJSON},
		{"html", true, fitsHTML, openHTML},
		{"xml", true, fitsXML, openXML},
		{"form", false, fitsForm, openForm},
		{"multipart", false, fitsMultipart, openMultipart},
		{"cbor", true, fitsCBOR, openCBOR},
		{"msgpack", true, fitsMsgPack, openMsgPack},
		{"protobuf", true, fitsProtobuf, openProtobuf},
		{"image", false, fitsImage, openImage},
		{"jwt", true, fitsJWT, openJWT},
		{"text", false, fitsText, openRaw},
		{Hex, false, fitsAny, openBytes},
	}
}

// Formats returns the names of all renderers, any of which may be given to Open
// as mode.
func Formats() []string {
	var names []string
	for _, r := range renderers() {
		names = append(names, r.name)
	}
	return names
}

// Modes returns the modes that make a difference for c, the first being the one
// to begin with.
func Modes(c *Content) []string {
	switch r := best(c); {
	case r.name == "text":
		return []string{Raw, Hex}
	case r.name == Hex:
		return []string{Hex, Raw}
	case r.folds:
		return []string{Pretty, Tree, Raw, Hex}
	}
	return []string{Pretty, Raw, Hex}
}

// Open lays out c. It takes as long as one pass over the content takes and ends
// early with ctx's error when ctx ends; there is no other error: what cannot be
// shown as asked is shown raw, and the notes say why.
func Open(ctx context.Context, c *Content, mode string) (*View, error) {
	r := choose(c, mode)
	v, err := r.open(ctx, c)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if errors.Is(err, errTooLarge) {
		r.name = Raw
	}
	if err != nil {
		if v, err = openWrong(ctx, c, r.name, err); err != nil {
			return nil, err
		}
	}
	v.Format = r.name
	if mode == Pretty || mode == Tree {
		v.noteTokens(c)
	}
	v.Notes = append(c.Notes[:len(c.Notes):len(c.Notes)], v.Notes...)
	if f, ok := v.Doc.(foldable); ok {
		v.Folds = newFolded(f)
		if mode == Tree {
			v.Folds.FoldLevel(treeLevel)
		}
		v.Doc = v.Folds
	}
	return v, nil
}

func choose(c *Content, mode string) renderer {
	switch mode {
	case Raw:
		return renderer{name: Raw, fits: fitsAny, open: openRaw}
	case Pretty, Tree:
		return best(c)
	}
	for _, r := range renderers() {
		if r.name == mode {
			return r
		}
	}
	return best(c)
}

// best is the renderer that suits the content most. It is looked for once, as
// that may mean reading all of it.
func best(c *Content) renderer {
	c.once.Do(func() {
		most := unfit
		for _, r := range renderers() {
			if n := r.fits(c); n > most {
				c.suits, most = r, n
			}
		}
	})
	return c.suits
}

// openWrong shows content raw that is not of the format it was taken for.
func openWrong(ctx context.Context, c *Content, format string, why error) (*View, error) {
	v, err := openRaw(ctx, c)
	if err != nil {
		return nil, err
	}
	text, isText := v.Doc.(*textDoc)
	var wrong *jsontok.SyntaxError
	if !errors.As(why, &wrong) || !isText {
		if errors.Is(why, errTooLarge) {
			v.note("%v", why)
		} else {
			v.note("not %s: %v", format, why)
		}
		return v, nil
	}
	v.Code = nil // what is wrong stands out alone
	text.bad = min(wrong.Off, len(text.src))
	v.Bad = text.rowOf(text.bad)
	line, column := text.position(text.bad)
	v.note("not %s: line %d, column %d: %s", format, line, column, wrong.Msg)
	return v, nil
}

func fitsAny(*Content) int { return possible }

// openRaw shows the content as text, line by line, whatever it is.
func openRaw(ctx context.Context, c *Content) (*View, error) {
	d, err := newText(ctx, c.Text)
	if err != nil {
		return nil, err
	}
	return (&View{Doc: d, Bad: -1}).in(sourceLanguage(c)), nil
}

func openBytes(_ context.Context, c *Content) (*View, error) {
	return &View{Doc: openHex(c.Data), Bad: -1}, nil
}
