package reply

import (
	"strings"
	"testing"
	"time"

	"creel/capture"
)

func TestTemplateLimits(t *testing.T) {
	for tmpl, want := range map[string]string{
		`{{range 1000000000}}{{end}}`: "longer than a second",
		`{{range 100000}}{{range 100000}}{{if true}}{{else}}a{{end}}{{end}}{{end}}`: "longer than a second",
		`{{define "t"}}{{range 100000000}}{{end}}{{end}}{{template "t"}}`:           "longer than a second",
		`{{define "t"}}{{template "t"}}{{end}}{{template "t"}}`:                     "",
		`{{range 100000}}{{printf "%100s" "x"}}{{end}}`:                             "larger than 1 MiB",
		`{{.Nothing}}`: "can't evaluate field Nothing",
	} {
		parsed, err := parseTemplate(tmpl)
		if err != nil {
			t.Errorf("%s: %v", tmpl, err)
			continue
		}
		if strings.Contains(want, "MiB") {
			_, err = execute(t.Context(), parsed, &capture.Exchange{}, time.Minute)
		} else {
			_, err = execute(t.Context(), parsed, &capture.Exchange{}, 20*time.Millisecond)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", tmpl, err, want)
		}
	}
}
