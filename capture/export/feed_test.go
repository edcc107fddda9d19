package export

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/ringtest"
)

// What one creel writes for another is the same exchange there, with the bodies
// that are not written read by their name.
func TestFeedLine(t *testing.T) {
	ex := ringtest.Example(1)
	ex.ID, ex.State = 412, capture.StateHeld
	for _, inline := range []int64{0, 4, 1 << 20} {
		b, err := FeedLine(t.Context(), nil, ex, inline)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadFeedLine(b, func(part BodyPart, size int64) capture.Body {
			body, ok := part.Body(ex)
			if !ok || body.Size() != size || size <= inline {
				t.Errorf("inline %d: %+v of %d bytes", inline, part, size)
			}
			return body
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(ex, got, cmp.Transformer("bytes", func(b capture.Body) string {
			data, err := b.Bytes(context.Background())
			if err != nil {
				return err.Error()
			}
			return string(data)
		})); d != "" {
			t.Errorf("inline %d: %s", inline, d)
		}
	}
}

// Both decoders read the same, whatever a request is made of, and a line that goes
// deeper than any exchange is an error or an exchange, not the end of the program.
func TestReadFeedLineDecoders(t *testing.T) {
	for _, text := range []string{"", "plain", "\x00\x1f\u2028<&>\"\\/é\U0001F600", "\xff\xfe\xc3", `\u00e9 \ud800`} {
		ex := ringtest.Example(1)
		ex.Note, ex.Request.Body = text, capture.NewBody([]byte(text))
		ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "X-Text", Value: text})
		b, err := FeedLine(t.Context(), nil, ex, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		var got [2]*capture.Exchange
		for i, line := range [][]byte{b, append(bytes.Repeat([]byte(" "), maxFast), b...)} {
			if got[i], err = ReadFeedLine(line, nil); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(got[0], got[1], cmp.AllowUnexported(capture.Body{})); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
	for _, depth := range []int{maxFast - 100, 16 << 20} {
		line := append([]byte(`{"type":"exchange","x":`), bytes.Repeat([]byte("["), depth)...)
		if _, err := ReadFeedLine(line, nil); err == nil {
			t.Errorf("%d brackets that are not closed are read", depth)
		}
	}
}
