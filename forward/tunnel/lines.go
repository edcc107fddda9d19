package tunnel

import (
	"bufio"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"creel/capture/lazy"
)

// maxLine is how much of a line of a service's output is looked at.
const maxLine = 8 << 10

// eachLine calls f with every line of r, stripped of escape sequences, until r
// ends. A line that is longer than maxLine is cut.
func eachLine(r io.Reader, f func(string)) {
	br := bufio.NewReaderSize(r, maxLine)
	for {
		line, more, err := br.ReadLine()
		if len(line) > 0 {
			f(strings.TrimSpace(ansi.Strip(string(line))))
		}
		for more && err == nil {
			_, more, err = br.ReadLine()
		}
		if err != nil {
			return
		}
	}
}

var urlPattern = lazy.Regexp(`https?://[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9](?::\d+)?`)

// notTunnels are hosts that services mention beside the URL of a tunnel: their
// own pages, and those of others.
var notTunnels = []string{
	"localhost.run", "admin.localhost.run", "twitter.com", "x.com", "github.com", "discord.gg", "pinggy.io",
	"dashboard.pinggy.io", "www.pinggy.io", "serveo.net", "console.serveo.net", "tuns.sh", "pico.sh", "localhost",
}

// findURL returns the URL of a tunnel in a line of an ssh service's output; empty
// when there is none. https is preferred within the line.
func findURL(line string) string {
	found := ""
	for _, s := range urlPattern().FindAllString(line, -1) {
		u, err := url.Parse(s)
		if err != nil || !strings.Contains(u.Hostname(), ".") || slices.Contains(notTunnels, strings.ToLower(u.Hostname())) {
			continue
		}
		if found == "" || u.Scheme == "https" && strings.HasPrefix(found, "http://") {
			found = s
		}
	}
	return found
}
