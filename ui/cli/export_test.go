package cli

import (
	"bytes"
	"testing"

	"creel/capture/export"
)

// After an export, people read what is not in it.
func TestReportOfAnExport(t *testing.T) {
	for _, tt := range []struct {
		res  export.Result
		want string
	}{
		{export.Result{}, ""},
		{export.Result{Gone: 1}, "creel: left out, because they were evicted meanwhile: 1 request\n"},
		{
			export.Result{Gone: 2000, Masked: []string{"a", "b"}},
			"creel: left out, because they were evicted meanwhile: 2,000 requests\ncreel: secrets masked: a, b; --with-secrets writes them\n",
		},
	} {
		var b bytes.Buffer
		p := newProgram()
		p.errs = &b
		p.reportExport(tt.res)
		if b.String() != tt.want {
			t.Errorf("%+v: %q, want %q", tt.res, b.String(), tt.want)
		}
	}
}
