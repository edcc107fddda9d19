package golden

import "testing"

func TestStyled(t *testing.T) {
	for frame, want := range map[string]string{
		"a  \nb":                                "a\nb\n",
		"\x1b[31ma\x1b[m\x1b[31mb\x1b[m  ":      "⟨31⟩ab\n",
		"\x1b[7m  \x1b[m":                       "⟨7⟩  ⟨⟩\n",
		"a\x1b[1mb\x1b[mc\x1b[1;31md\x1b[m e  ": "a⟨1⟩b⟨⟩c⟨1;31⟩d⟨⟩ e\n",
	} {
		if got := Styled(frame); got != want {
			t.Errorf("%q: got %q, want %q", frame, got, want)
		}
	}
}
