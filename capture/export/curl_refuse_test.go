package export

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestCurlRefusals: what is not understood is named with its line, and nothing
// is read.
func TestCurlRefusals(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"curl --some-new-option 5 http://h/", `line 1: "--some-new-option": --some-new-option is no option of curl that is known here`},
		{"curl http://h/ \\\n -s \\\n --data=x", `line 3: "--data=x"`},
		{"curl -sW http://h/", `line 1: "-sW": -W is no option`},
		{"curl --no-data x http://h/", "--no-data is no option"},
		{"curl -T r.json http://h/", "-T cannot be read: it reads a file"},
		{"curl --upload-file - http://h/", "it reads a file"},
		{"curl -K conf http://h/", "-K cannot be read"},
		{"curl -sKconf http://h/", "-K cannot be read"},
		{"curl -n http://h/", "it reads a file"},
		{"curl -d @body.json http://h/", `"@body.json": -d: it reads a file`},
		{"curl -d @- http://h/", "it reads a file"},
		{"curl --data-urlencode n@f http://h/", "it reads a file"},
		{"curl -F a=@f http://h/", "it reads a file"},
		{"curl -F 'a=<f' http://h/", "it reads a file"},
		{"curl -F 'a=b;c=d' http://h/", `"c=d" is not read`},
		{"curl -F 'a=(b' http://h/", "parts within parts"},
		{"curl -F a http://h/", "NAME=CONTENT"},
		{"curl -H @f http://h/", "it reads a file"},
		{"curl -H $'a: b\\nc: d' http://h/", "line break"},
		{"curl -b jar http://h/", "it reads a file"},
		{"curl --url @f", "it reads a file"},
		{"curl -u me http://h/", "ask for the password"},
		{"curl --digest -u a:b http://h/", "depends on what the server answers"},
		{"curl --aws-sigv4 aws:amz -u a:b http://h/", "depends on what the server answers, or on the time"},
		{"curl -C - http://h/", "-C cannot be read"},
		{"curl -z yesterday http://h/", "it is not a date"},
		{"curl -r 1-2 -d x http://h/", "-r with data"},
		{"curl -d x -F a=b http://h/", "not both"},
		{"curl -I -d x http://h/", "either data or, with -I, none"},
		{"curl -I -F a=b http://h/", "either data or, with -I, none"},
		{"curl -G -F a=b http://h/", "does not put a form"},
		{"curl --variable a=b --expand-data '{{a}}' http://h/", "variables of curl"},
		{"curl -d", "-d needs a value"},
		{"curl -X 'A B' http://h/", "has a blank"},
		{"curl -V", "it sends no request"},
		{"curl -s", "line 1: the command has no URL"},
		{"curl http://h/ --next -d x", "has no URL"},
		{"curl ftp://h/", "not http or https"},
		{"curl ftp.example.com", "takes the URL for one of ftp"},
		{"curl file:///etc/passwd", "not http or https"},
		{"curl http:////x", "names no host"},
		{"curl http://h:x/", `the port "x" is no number`},
		{"curl http:h/", `the port "h" is no number`},
		{"curl -G -d 'a=b c' http://h/", "-G or --url-query adds to the URL has a blank"},
		{"curl --url-query '+a b' http://h/", "-G or --url-query adds to the URL has a blank"},
		{"curl -d ~/x http://h/", `"~/x": the shell puts a directory there`},
		{"curl -z 2006-01-02 http://h/", "it is not a date"},
		{"curl 'http://h/a b'", "has a blank"},
		{"curl 'http://h/{a,b}'", "makes a pattern of the {"},
		{"curl 'http://h/[1-3]'", "makes a pattern of the ["},
		{"curl http://h/{a,b}", "makes several words of braces"},
		{"curl 'http://h/'{a,b}", "makes several words of braces"},
		{"curl http://h/?a=1&b=2", "quote the URL"},
		{"curl -H \"Authorization: Bearer $TOKEN\" http://h/", `line 1: "$TOKEN": a shell would put something else there`},
		{"curl http://h/\ncurl http://${HOST}/", `line 2: "${HOST}"`},
		{"curl -d \"`date`\" http://h/", "\"`date`\": a shell would"},
		{"curl -d \"$(date +%s)\" http://h/", `"$(date +%s)"`},
		{"curl -d @- http://h/ <<EOF\n$x\nEOF\n", "line 2: \"$x\""},
		{"curl -d @- http://h/ <<EOF\nx\n", `"EOF": the here-document has no end`},
		{"curl http://h/\n-H 'X: y'", `line 2: "-H": only curl commands are read`},
		{"curl http://h/\n{\"ok\":true}", `line 2: "{ok:true}": only curl`},
		{"echo x | curl -d @f http://h/", "it reads a file"},
		{"cat f | curl -d @- http://h/", `"cat": only curl commands`},
		{"echo -e 'a' | curl -d @- http://h/", `"echo": only curl`},
		{"echo 'a\\n' | curl -d @- http://h/", "what echo makes of a backslash"},
		{"printf '%d' 5 | curl -d @- http://h/", `"printf": only curl`},
		{"curl http://a/ | curl -d @- http://b/", "it reads a file"},
		{"curl 'http://h", "line 1: a quote is not closed"},
		{"curl \"http://h", "a quote is not closed"},
		{"curl -s \\\n $'x", "line 2: a quote is not closed"},
		{"(curl http://h/)", "neither"},
		{"curl http://h/ -d (x)", `"("`},
		{"curl ^\n -d \"x", "a quote is not closed"},
		{"curl `\n -d \"{\\\"a\\\":1}\" http://h/", "in PowerShell a quote inside quotes"},
		{"curl `\n -d $body http://h/", `"$body"`},
		{"curl `\n -d @{a=1} http://h/", "PowerShell would make something else"},
		{"curl `\n -d @\"\n{$a}\n\"@ http://h/", "PowerShell would put something else there"},
		{"curl `\n -d @'\nx http://h/", "a quote is not closed"},
	} {
		list, err := Read([]byte(tt.in), time.Time{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || list != nil {
			t.Errorf("%s:\n\t%v does not say\n\t%s", tt.in, err, tt.want)
		}
	}
}

// TestShellsAndPrompts: one request, as it is written for the shells there are
// and as documentation shows it.
func TestShellsAndPrompts(t *testing.T) {
	const want = `POST https://example.com/orders?a=1&b=%2F [Content-Type: application/json] {"id":7,"s":"it's ^ 100%"}`
	const body = `{"id":7,"s":"it'\''s ^ 100%"}`
	const url = `'https://example.com/orders?a=1&b=%2F'`
	const field = `-H 'Content-Type: application/json'`
	posix := "curl " + url + " " + field + " -d '" + body + "'"
	for name, in := range map[string]string{
		"plain":            posix,
		"prompt $":         "$ " + posix,
		"prompt %":         "  % " + posix,
		"user and host":    "user@host:~$ " + posix,
		"root":             "root@host:/etc# " + posix,
		"brackets":         "[user@host dir]$ " + posix,
		"environment":      "(venv) user@host:~/x$ " + posix,
		"arrow":            "➜  dir " + posix,
		"a path":           "/usr/bin/" + posix,
		"prompt and path":  "$ /opt/homebrew/bin/" + posix,
		"comment in front": "# orders\n\n" + posix + "\n# end\n",
		"lines":            "curl \\\n  " + url + " \\\n  " + field + " \\\n  -d '" + body + "'\n",
		"blanks behind":    "curl -X POST " + url + " \\ \n  " + field + " \\  \t\n  -d '" + body + "'",
		"CRLF":             "curl \\\r\n  " + url + " \\\r\n  " + field + " \\\r\n  -d '" + body + "'\r\n",
		"quotes of C":      "curl " + url + " " + field + ` --data-raw $'{"id":7,"s":"it\'s ^ 100\u0025"}'`,
		"double":           "curl \"https://example.com/orders?a=1&b=%2F\" -H \"Content-Type: application/json\" -d \"{\\\"id\\\":7,\\\"s\\\":\\\"it's ^ 100%\\\"}\"",
		"here-document":    "curl " + url + " " + field + " --data-binary @- <<'E'\n" + `{"id":7,"s":"it's ^ 100%"}` + "\nE\n",
		"cmd from a browser": "curl ^\"https://example.com/orders?a=1^&b=^%^2F^\" ^\r\n  -H ^\"Content-Type: application/json^\" ^\r\n" +
			"  --data-raw ^\"^{^\\^\"id^\\^\":7,^\\^\"s^\\^\":^\\^\"it's ^^ 100^%^\\^\"^}^\"",
		"cmd":                 "C:\\Users\\me>curl -X POST \"https://example.com/orders?a=1&b=%2F\" ^\n -H \"Content-Type: application/json\" ^ \n -d \"{\\\"id\\\":7,\\\"s\\\":\\\"it's ^^ 100%\\\"}\"\n",
		"cmd, doubled quotes": "curl.exe \"https://example.com/orders?a=1&b=%2F\" ^\n -H \"Content-Type: application/json\" -d \"{\"\"id\"\":7,\"\"s\"\":\"\"it's ^ 100%\"\"}\"",
		"PowerShell":          "PS C:\\> curl.exe -X POST " + url + " `\n  " + field + " `\n  -d '{\"id\":7,\"s\":\"it''s ^ 100%\"}'",
		"PowerShell, blanks":  "curl " + url + " ` \n  -H \"Content-Type: application/json\" `\n  -d \"{`\"id`\":7,\"\"s\"\":`\"it's ^ 100%`\"}\"",
		"Windows PowerShell":  "curl.exe -X POST " + url + " " + field + ` -d '{\"id\":7,\"s\":\"it''s ^ 100%\"}'`,
		"its double quotes":   "PS C:\\> curl.exe " + url + " " + field + " -d \"{\\`\"id\\`\":7,\\`\"s\\`\":\\`\"it's ^ 100%\\`\"}\"",
		"here-string":         "curl.exe -X POST " + url + " " + field + " -d @'\n" + `{"id":7,"s":"it's ^ 100%"}` + "\n'@",
		"cmd, nothing quoted": "curl ^\n '' -X POST \"https://example.com/orders?a=1&b=%2F\" ^\n -H \"Content-Type: application/json\" -d \"{\\\"id\\\":7,\\\"s\\\":\\\"it's ^^ 100%\\\"}\"",
		"cmd with a quote":    `curl.exe "https://example.com/orders?a=1&b=%2F" -H "Content-Type: application/json" -d "{\"id\":7,\"s\":\"it's ^ 100%\"}"`,
		"here-string, double": "PS C:\\> curl.exe " + url + " `\r\n " + field + " -d @\"\r\n" + `{\"id\":7,\"s\":\"it's ^ 100%\"}` + "\r\n\"@\r\n",
	} {
		list, err := Read([]byte(in), time.Time{})
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, in)
			continue
		}
		r := list[0].Request
		scheme := "http"
		if r.TLS {
			scheme = "https"
		}
		contentType, _ := r.Get("Content-Type")
		got := r.Method + " " + scheme + "://" + r.Host + r.Target + " [Content-Type: " + contentType + "] " + strings.TrimSuffix(bodyText(r.Body), "\n")
		if got != want || len(list) != 1 {
			t.Errorf("%s: %d requests\n got %s\nwant %s\n%s", name, len(list), got, want, in)
		}
	}
}

func TestEndsOfScripts(t *testing.T) {
	for _, in := range []string{"curl -d x http://h/ \\", "curl -d x http://h/ \\  ", "curl ^\n -d \"\" -d x http://h/ ^ ", "curl `\n -d x http://h/ ` "} {
		list, err := Read([]byte(in), time.Time{})
		if err != nil || len(list) != 1 || bodyText(list[0].Request.Body) != "x" {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestCaretsWithSingleQuotes(t *testing.T) {
	list, err := Read([]byte("curl -X POST 'https://h/o' ^\n  -H 'A: b' ^\n -d '{\"id\":7}'"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	r := list[0].Request
	if v, _ := r.Get("A"); v != "b" || r.Host != "h" || bodyText(r.Body) != `{"id":7}` {
		t.Errorf("%+v %s", r, bodyText(r.Body))
	}
}

// TestCurlOptionsAreAllThere holds the table against the curl that is there.
func TestCurlOptionsAreAllThere(t *testing.T) {
	out, err := exec.Command("curl", "--help", "all").Output()
	if err != nil {
		t.Skip("no curl")
	}
	row := regexp.MustCompile(`^ ?(?:-(.), |  ) *--([\w.-]+)( [<\[])?`)
	n := 0
	for line := range strings.Lines(string(out)) {
		m := row.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		n++
		name := m[2]
		o, ok := curlOptions()[name]
		if !ok {
			o, ok = curlOptions()[strings.TrimPrefix(name, "no-")]
		}
		if !ok && name != "next" {
			t.Errorf("--%s is not in the table", name)
		}
		if o.refused == "" && name != "next" && o.value != (m[3] != "") {
			t.Errorf("--%s: takes a value: %v", name, o.value)
		}
		if short := m[1]; short != "" && curlShort[short[0]] != name && name != "include" {
			t.Errorf("-%s is %q, not %s", short, curlShort[short[0]], name)
		}
	}
	if n < 200 {
		t.Errorf("only %d options are listed", n)
	}
	for _, name := range curlShort {
		if _, ok := curlOptions()[strings.TrimPrefix(name, "no-")]; !ok && name != "next" {
			t.Errorf("the table has no --%s", name)
		}
	}
}
