package cli

import (
	"encoding/json"
	"os"
	"path/filepath"

	"creel/capture/atomicfile"
	"creel/ui/layout"
)

// splitFile says how far the line between list and detail was moved.
func (p *program) splitFile() string { return filepath.Join(stateDir(p.env), "screen.json") }

// split is how far the line between list and detail was moved in an earlier run.
func (p *program) split() layout.Shift {
	var s layout.Shift
	text, err := os.ReadFile(p.splitFile())
	if err != nil || json.Unmarshal(text, &s) != nil {
		return layout.Shift{}
	}
	return s
}

// keepSplit keeps that for the next run.
func (p *program) keepSplit(s layout.Shift) {
	text, err := json.Marshal(s)
	if err == nil {
		err = os.MkdirAll(stateDir(p.env), 0o700)
	}
	if err == nil {
		err = atomicfile.Write(p.splitFile(), append(text, '\n'), 0o600)
	}
	if err != nil {
		p.infof("where the line between list and detail stood is not kept: %v", err)
	}
}
