package cli

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"

	"creel/capture/export"
	"creel/capture/stats"
)

// The types of the JSON lines that commands print besides exchanges and attempts.
const (
	typeReady    = "ready"
	typeTunnel   = "tunnel"
	typeSummary  = "summary"
	typeStatus   = "status"
	typeReply    = "reply"
	typeHold     = "hold"
	typeTarget   = "target"
	typeVerdict  = "verdict"
	typeProvider = "provider"
	typeSample   = "sample"
	typeCheck    = "check"
)

// readyLine says where creel listens.
type readyLine struct {
	Type   string   `json:"type"`
	URL    string   `json:"url"`
	Listen []string `json:"listen"`
	PID    int      `json:"pid"`
	Admin  string   `json:"admin,omitempty"` // the URL of --admin
}

// jsonSchema describes every line of JSON that creel prints.
func jsonSchema() (*jsonschema.Schema, error) {
	lines, err := export.Schemas()
	if err != nil {
		return nil, err
	}
	if lines["stats"], err = stats.Schema(); err != nil {
		return nil, err
	}
	for _, add := range []func() error{
		describe[readyLine](lines, typeReady), describe[tunnelLine](lines, typeTunnel), describe[summaryLine](lines, typeSummary),
		describe[statusReport](lines, typeStatus), describe[replyLine](lines, typeReply), describe[holdLine](lines, typeHold),
		describe[targetLine](lines, typeTarget), describe[verdictLine](lines, typeVerdict), describe[providerLine](lines, typeProvider),
		describe[sampleLine](lines, typeSample), describe[finding](lines, typeCheck),
	} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	all := &jsonschema.Schema{
		Schema: "https://json-schema.org/draft/2020-12/schema", Title: "The JSON lines of creel " + thisBuild().version,
	}
	for _, name := range slices.SortedFunc(maps.Keys(lines), cmp.Compare[string]) {
		line := lines[name]
		line.Title, line.Properties["type"] = name, &jsonschema.Schema{Const: jsonschema.Ptr[any](name)}
		all.OneOf = append(all.OneOf, line)
	}
	return all, nil
}

// describe adds the schema of the lines that have a type.
func describe[T any](lines map[string]*jsonschema.Schema, name string) func() error {
	return func() (err error) {
		lines[name], err = jsonschema.For[T](nil)
		return err
	}
}

func (p *program) printSchema() error {
	schema, err := jsonSchema()
	if err != nil {
		return err
	}
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(schema)
}
