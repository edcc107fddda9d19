package stats

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"creel/capture/safe"
)

// Format is a way to write rows down.
type Format struct {
	Name  string // of --format
	Ext   string // of a file
	Write func(w io.Writer, rows []Row) error
}

// Formats are all of them.
func Formats() []Format {
	return []Format{{"csv", "csv", writeCSV}, {"json", "json", writeJSON}, {"markdown", "md", writeMarkdown}}
}

var titles = []string{"endpoint", "event", "count", "per_second", "failed", "errors_percent", "p50_ms", "p95_ms", "bad_signatures", "retries", "last_seen"}

// cells are the figures of a row under titles.
func (r *Row) cells() []string {
	f := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	return []string{
		safe.Line(r.Endpoint()).String(), safe.Line(r.Event).String(),
		strconv.Itoa(r.Count), f(round(r.Rate)), strconv.Itoa(r.Failed), f(round(r.Errors())),
		f(ms(r.P50)), f(ms(r.P95)), strconv.Itoa(r.Invalid), strconv.Itoa(r.Retries), r.Last.UTC().Format(time.RFC3339),
	}
}

func ms(d time.Duration) float64 { return round(float64(d) / float64(time.Millisecond)) }

// round leaves three digits after the point.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }

// writeCSV writes a table for a spreadsheet, which takes no cell for a formula.
func writeCSV(w io.Writer, rows []Row) error {
	c := csv.NewWriter(w)
	_ = c.Write(titles) // Error has it
	for i := range rows {
		cells := rows[i].cells()
		for j, cell := range cells {
			cells[j] = inert(cell)
		}
		_ = c.Write(cells)
	}
	c.Flush()
	return c.Error()
}

// inert puts a quote before what a spreadsheet would take for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// jsonRow is the JSON object of a row. Names that are not UTF-8 or hold control
// characters are as they are drawn.
type jsonRow struct {
	Type     string    `json:"type"`
	Endpoint string    `json:"endpoint"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Event    string    `json:"event"`
	Other    bool      `json:"other,omitempty"`
	Count    int       `json:"count"`
	Rate     float64   `json:"per_second"`
	Failed   int       `json:"failed"`
	Errors   float64   `json:"errors_percent"`
	P50      float64   `json:"p50_ms"`
	P95      float64   `json:"p95_ms"`
	Invalid  int       `json:"bad_signatures"`
	Retries  int       `json:"retries"`
	Last     time.Time `json:"last_seen"`
	Hour     []int     `json:"last_hour"`
}

// writeJSON writes a JSON object on a line for each row.
func writeJSON(w io.Writer, rows []Row) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range rows {
		r := &rows[i]
		line := func(s string) string { return safe.Line(s).String() }
		j := jsonRow{
			Type: "stats", Endpoint: line(r.Endpoint()), Method: line(r.Method), Path: line(r.Path), Event: line(r.Event), Other: r.Other,
			Count: r.Count, Rate: round(r.Rate), Failed: r.Failed, Errors: round(r.Errors()), P50: ms(r.P50), P95: ms(r.P95),
			Invalid: r.Invalid, Retries: r.Retries, Last: r.Last.UTC(),
		}
		for _, c := range r.Hour {
			j.Hour = append(j.Hour, c.N)
		}
		if err := enc.Encode(j); err != nil {
			return err
		}
	}
	return nil
}

// writeMarkdown writes a table.
func writeMarkdown(w io.Writer, rows []Row) error {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(titles, " | "), " --- | --- |"+strings.Repeat(" ---: |", len(titles)-2))
	for i := range rows {
		cells := rows[i].cells()
		for j, cell := range cells {
			cells[j] = plainMarkdown(cell)
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// plainMarkdown escapes what Markdown, and HTML in it, would take for more than text.
func plainMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_[]<>|&!#~@$", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
