package export

import (
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
