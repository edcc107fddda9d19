package cli

import "strconv"

// teamTable is [team] of the configuration file: with whom what is captured is shared.
type teamTable struct {
	URL     string `toml:"url"`
	Creds   string `toml:"creds"`
	Who     string `toml:"who"`
	Ack     string `toml:"ack"`
	Redact  bool   `toml:"redact"`
	Private bool   `toml:"private"`
}

// teamOfFile takes over the table for the flags that were not given.
func (o *options) teamOfFile() error {
	t := &o.file.Team
	for name, value := range map[string]string{"team": t.URL, "team-creds": t.Creds, "team-who": t.Who, "team-ack": t.Ack, "team-redact": yes(t.Redact), "private": yes(t.Private)} {
		if value == "" || o.from[name] != fromDefault {
			continue
		}
		if err := o.assign(name, value, fromFile); err != nil {
			return usagef("%s: [team]: %w", o.file.path, err)
		}
		o.places[name] = o.file.path + ": [team]"
	}
	return nil
}

// yes is the text of a switch that is on.
func yes(on bool) string {
	if !on {
		return ""
	}
	return strconv.FormatBool(on)
}
