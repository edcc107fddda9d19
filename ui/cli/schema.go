package cli

import (
	"encoding/json"
	"maps"
	"reflect"
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
	for name, line := range map[string]any{
		typeReady: readyLine{}, typeTunnel: tunnelLine{}, typeSummary: summaryLine{}, typeStatus: statusReport{},
		typeReply: replyLine{}, typeHold: holdLine{}, typeTarget: targetLine{}, typeVerdict: verdictLine{},
		typeProvider: providerLine{}, typeSample: sampleLine{}, typeCheck: finding{},
	} {
		if lines[name], err = jsonschema.ForType(reflect.TypeOf(line), nil); err != nil {
			return nil, err
		}
	}
	all := &jsonschema.Schema{
		Schema: "https://json-schema.org/draft/2020-12/schema", Title: "The JSON lines of creel " + thisBuild().version,
	}
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		line := lines[name]
		line.Title, line.Properties["type"] = name, &jsonschema.Schema{Const: jsonschema.Ptr[any](name)}
		all.OneOf = append(all.OneOf, line)
	}
	return all, nil
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
