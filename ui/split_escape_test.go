package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// sequences are what terminals send: keys, the mouse, focus, a resize, answers to
// queries, a paste.
var sequences = []string{
	"\x1b[A", "\x1b[D", "\x1b[1;5D", "\x1b[3~", "\x1b[15;2~", "\x1bOP", "\x1bOA", "\x1b[[A", "\x1b[I", "\x1b[O",
	"\x1b[<65;90;10M", "\x1b[<0;1;1m", "\x1b[106;1:1u", "\x1b[?2026;2$y", "\x1b[?1u", "\x1b[48;24;80;0;0t",
	"\x1b[M !!", "\x1b[M#dD", "\x1b[M`\x7fa", "\x1b[M#\xc8\xd0", "\x1b[32;10;5M", "\x1bO5A", "\x1b[a",
	"\x1b]11;rgb:1e1e/1e1e/1e1e\a", "\x1b]11;rgb:1e1e/d1d1/PrAd\x1b\\", "\x1bP>|tmux 3.3a\x1b\\", "\x1bP1+r524742\x1b\\", "\x1b_Gi=1;OK\x1b\\",
}

// msgs are what Bubble Tea makes of bytes after which nothing comes for a while.
func msgs(bytes string) (list []tea.Msg) {
	for bytes != "" {
		var d uv.EventDecoder
		n, event := d.Decode([]byte(bytes))
		if key, ok := event.(uv.KeyPressEvent); ok {
			list = append(list, tea.KeyPressMsg(key))
		} else {
			list = append(list, event)
		}
		bytes = bytes[n:]
	}
	return list
}

// However a sequence is cut in two or into single bytes, no piece of it is a key
// but the Escape.
func TestSplitSequencesAreNoKeys(t *testing.T) {
	for _, seq := range sequences {
		for cut := 1; cut <= len(seq); cut++ {
			if seq[cut:] == "\\" {
				continue // Bubble Tea takes the Escape for the end, and a backslash does nothing
			}
			pieces := []string{seq[:cut], seq[cut:]}
			if cut == len(seq) {
				pieces = strings.Split(seq, "")
			}
			var s splitEscape
			now := time.Now()
			for _, piece := range pieces {
				now = now.Add(splitTime - 1)
				for _, msg := range msgs(piece) {
					key, isKey := msg.(tea.KeyPressMsg)
					if !s.drops(msg, now) && isKey && key.Code != tea.KeyEscape {
						t.Errorf("%q cut at %d: %q is a key", seq, cut, key)
					}
				}
			}
			if d := (tea.KeyPressMsg{Code: 'd', Text: "d"}); s.drops(d, now) {
				t.Errorf("%q cut at %d: the key after it is dropped", seq, cut)
			}
		}
	}
}

// What is typed is not dropped: not after an Escape by itself, not when it does
// not go on like a sequence, and not 300 ms later.
func TestKeysAfterEscape(t *testing.T) {
	for _, tt := range []struct {
		keys string
		gap  time.Duration
		want string // that are keys
	}{
		{"\x1bj", 0, "\x1bj"},
		{"\x1b[A", splitTime - 1, "\x1b"},
		{"\x1b[A", splitTime, "\x1b[A"},
		{"\x1bPy", 0, "\x1by"},
		{"\x1bdA", 0, "\x1bdA"},
		{"\x1b[Ad", 0, "\x1bd"},
		{"\x1b\x1b[A", 0, "\x1b\x1b"},
		{"A[A", 0, "A[A"},
	} {
		var s splitEscape
		now, got := time.Now(), ""
		for c := range strings.SplitSeq(tt.keys, "") {
			for _, msg := range msgs(c) {
				if !s.drops(msg, now) {
					got += c
				}
			}
			now = now.Add(tt.gap)
		}
		if got != tt.want {
			t.Errorf("%q: %q are keys, want %q", tt.keys, got, tt.want)
		}
	}
}

// A key that cannot be in a sequence ends it, wherever it comes, and is a key.
func TestKeysInASequence(t *testing.T) {
	for _, seq := range sequences {
		for cut := 1; cut < len(seq); cut++ {
			keys := []tea.KeyPressMsg{{Code: 'c', Mod: tea.ModCtrl}, {Code: 'a', Mod: tea.ModCtrl}}
			if strings.ContainsAny(seq[1:2], "[O") && !strings.HasPrefix(seq[:cut], "\x1b[M") { // where any byte may come
				keys = append(keys, tea.KeyPressMsg{Code: 'ü', Text: "ü"}, tea.KeyPressMsg{Code: '世', Text: "世"})
			}
			for _, key := range keys {
				var s splitEscape
				for c := range strings.SplitSeq(seq[:cut], "") {
					for _, msg := range msgs(c) {
						s.drops(msg, time.Now())
					}
				}
				if s.drops(key, time.Now()) {
					t.Errorf("%q, then %s: it is dropped", seq[:cut], key)
				}
				if next := (tea.KeyPressMsg{Code: 'A', Text: "A"}); s.drops(next, time.Now()) {
					t.Errorf("%q, then %s: the key after it is dropped", seq[:cut], key)
				}
			}
		}
	}
}

// A key without a text is none of a sequence.
func TestEnterAfterEscape(t *testing.T) {
	var s splitEscape
	for _, key := range []tea.KeyPressMsg{{Code: tea.KeyEscape}, {Code: tea.KeyEnter}, {Code: '[', Text: "["}, {Code: 'A', Text: "A"}} {
		if s.drops(key, time.Now()) {
			t.Errorf("%s is dropped", key)
		}
	}
}

// A paste whose beginning was cut is dropped up to its end, not typed.
func TestSplitPasteIsNoKeys(t *testing.T) {
	for cut := 1; cut < len("\x1b[200~"); cut++ {
		const paste = "\x1b[200~rd A"
		var s splitEscape
		now := time.Now()
		for _, piece := range []string{paste[:cut], paste[cut:]} {
			for _, msg := range msgs(piece) {
				if key, ok := msg.(tea.KeyPressMsg); ok && !s.drops(key, now) && key.Code != tea.KeyEscape {
					t.Errorf("cut at %d: %q is a key", cut, key)
				} else if !ok {
					s.drops(msg, now)
				}
			}
		}
		if !s.drops(tea.PasteMsg{Content: ""}, now) || s.drops(tea.KeyPressMsg{Code: 'j', Text: "j"}, now) {
			t.Errorf("cut at %d: the paste does not end", cut)
		}
	}
}

// Escapes that come in one piece are Escapes, and the last of them may begin a sequence.
func TestEscapesInOnePiece(t *testing.T) {
	for _, tt := range []struct {
		pieces []string
		want   string
	}{
		{[]string{"\x1b\x1b"}, "esc esc"},
		{[]string{"\x1b\x1b\x1b"}, "esc esc"},
		{[]string{"\x1b\x1b", "[A"}, "esc esc"},
		{[]string{"\x1b\x1b", "j"}, "esc esc j"},
		{[]string{"\x1bj"}, "alt+j"},
		{[]string{"\x1b\x1b[D"}, "alt+left"},
	} {
		var s splitEscape
		var got []string
		for _, piece := range tt.pieces {
			for _, msg := range msgs(piece) {
				for _, msg := range apart(msg) {
					if key, ok := msg.(tea.KeyPressMsg); ok && !s.drops(key, time.Now()) {
						got = append(got, key.String())
					}
				}
			}
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%q: the keys are %q, want %q", tt.pieces, got, tt.want)
		}
	}
}
