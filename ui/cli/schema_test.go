package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/rogpeppe/go-internal/testscript"

	"creel/capture/export"
	"creel/capture/ringtest"
)

// checkLines holds JSON lines to the schema that creel help json --schema prints.
func checkLines(text string) error {
	schema, err := jsonSchema()
	if err != nil {
		return err
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		return err
	}
	for line := range strings.Lines(text) {
		var v any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			return err
		}
		if err := resolved.Validate(v); err != nil {
			return errIn(schema, line, v, err)
		}
	}
	return nil
}

// errIn is the error of the schema whose type a line has: that of all says little.
func errIn(all *jsonschema.Schema, line string, v any, err error) error {
	object, _ := v.(map[string]any)
	for _, one := range all.OneOf {
		if one.Title != object["type"] {
			continue
		}
		if resolved, rerr := one.Resolve(nil); rerr == nil {
			err = resolved.Validate(v)
		}
	}
	return &lineError{line, err}
}

type lineError struct {
	line string
	err  error
}

func (e *lineError) Error() string { return e.err.Error() + ": " + e.line }

// schema checks that all that was printed is as the JSON Schema says.
func schema(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if text == "" {
		ts.Fatalf("no line of JSON")
	}
	ts.Check(checkLines(text))
}

func TestSchema(t *testing.T) {
	ex := ringtest.Example(1)
	line, err := export.JSONLine(t.Context(), nil, ex)
	if err != nil {
		t.Fatal(err)
	}
	short, err := export.JSONLineWithoutBodies(t.Context(), nil, ex)
	if err != nil {
		t.Fatal(err)
	}
	attempt, err := export.JSONAttempt(t.Context(), nil, ex.ID, ex.Attempts[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, good := range []string{string(line), string(short), string(attempt)} {
		if err := checkLines(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{
		`{}`, `{"type":"nothing"}`, `{"type":"exchange"}`, `[]`,
		strings.Replace(string(attempt), `"n":`, `"m":`, 1),
		strings.Replace(string(line), `"size":`, `"size":"x`+`","size2":`, 1),
		`{"type":"hold","holding":1,"filter":"","held":[]}`,
	} {
		if checkLines(bad) == nil {
			t.Errorf("%.300s is as the schema says", bad)
		}
	}
	if err := checkLines(`{"type":"hold","holding":true,"filter":"","held":[]}`); err != nil {
		t.Error(err)
	}
}
