package reply

import (
	"os"
	"strings"
	"testing"
)

// The replies that come with creel are right, are explained, and give way to those of
// the user.
func TestPresets(t *testing.T) {
	page, err := os.ReadFile("../../ui/docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range Presets(nil) {
		spec, err := ParseSpec("@"+b.Preset, nil)
		if err != nil || spec.Validate() != nil || spec.Words() != b.Words() || CheckPresetName(b.Preset, nil) != nil {
			t.Errorf("@%s: %+v, %v, %v", b.Preset, spec, err, spec.Validate())
		}
		if !strings.Contains(string(page), "`@"+b.Preset+"`") {
			t.Errorf("@%s is not explained", b.Preset)
		}
	}
	own := []Spec{{Preset: "mine", Statuses: []int{299}}, {Preset: "down", Statuses: []int{500}}}
	all := Presets(own)
	if all[0].Preset != "mine" || len(all) != len(builtin)+1 {
		t.Errorf("%+v", all)
	}
	if spec, err := ParseSpec("@down", own); err != nil || spec.Status(0) != 500 {
		t.Errorf("%+v %v", spec, err)
	}
	if _, err := ParseSpec("@none", own); err == nil || !strings.Contains(err.Error(), "@mine, @down, @ok") {
		t.Error(err)
	}
}
