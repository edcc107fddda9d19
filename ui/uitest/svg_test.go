package uitest

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestPicture(t *testing.T) {
	t.Parallel()
	got := picture(20, 2, time.Second, []string{"a  <b>\n\x1b[1;38;2;255;0;1mred\x1b[m \x1b[7mheld\x1b[m", "end"})
	for _, want := range []string{
		">a\u00a0\u00a0&lt;b&gt;</text>", `style="fill:#ff0001" font-weight="bold">red<`, `fill="` + ink + `"/>`,
		`animation:f 2.0s`, `50.000%{visibility:hidden}`, `animation-delay:1.0s`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	d := xml.NewDecoder(strings.NewReader(got))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
