package export

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// curlLines are command lines; what curl sends for each is recorded below, and
// compared with the curl of this machine where there is one.
var curlLines = []string{
	`curl URL`,
	`curl -s URL/a?b=c#d`,
	`curl URL?x`,
	`curl -X PUT URL/x`,
	`curl -XDELETE URL/x`,
	`curl -sSXPATCH URL/x`,
	`curl -I URL`,
	`curl --head URL/h`,
	`curl -d a=1 URL`,
	`curl -d a=1 -d b=2 URL`,
	`curl -da=1 --data b=2 --data-raw @c URL`,
	`curl -d '' URL`,
	`curl -b '' -I -G -d a=1 URL`,
	`curl -I --get -d a=1 URL/x`,
	`curl --data-ascii 'x y' URL`,
	`curl --data-binary $'a\nb\r\n' URL`,
	`curl --data-urlencode 'a b' URL`,
	`curl --data-urlencode '=a&b' URL`,
	`curl --data-urlencode 'n=a b/~*é' URL`,
	`curl --json '{"a":1}' URL`,
	`curl --json '{"a":' --json '1}' URL`,
	`curl --json '{}' -H 'Accept: x/y' URL`,
	`curl --json '{}' -H 'Content-Type: application/vnd.x+json' -X PUT URL`,
	`curl -d a=1 --json '{}' URL`,
	`curl -G -d a=1 -d 'b=2' URL/g`,
	`curl --get --data-urlencode 'q=x y' 'URL/g?z=1'`,
	`curl -G URL/g`,
	`curl -d x --url-query a=1 'URL/q?'`,
	`curl --url-query 'a=b c' URL/q`,
	`curl --url-query 'a=b c' -d x=1 'URL/q?z'`,
	`curl --url-query '+raw=a*b+c' --url-query n URL/q`,
	`curl 'URL/a%2Fb?c=%2F+d'`,
	`curl -G -d a=1 --url-query b=2 URL/q`,
	`curl -H 'X-A: 1' -H 'X-A:   2  ' -H 'X-B;' URL`,
	`curl -H 'Accept:' -H 'User-Agent:' URL`,
	`curl -H 'accept: a/b' -H 'nonsense' URL`,
	`curl -H 'Host: example.com' -H 'X-A: 1' URL`,
	`curl -d a=1 -H 'Content-Type:' URL`,
	`curl -d a=1 -H 'Content-Type: text/plain' URL`,
	`curl -d abc -H 'Transfer-Encoding: chunked' URL`,
	`curl -d abc -H 'Content-Length: 3' -H 'X-A: 1' URL`,
	`curl -A agent/1 URL`,
	`curl -A '' URL`,
	`curl -A x -H 'User-Agent: y' URL`,
	`curl -e http://from/ URL`,
	`curl -e 'http://from/;auto' URL`,
	`curl -b a=1 URL`,
	`curl -b 'a=1; b=2' -b c=3 URL`,
	`curl -u me:pass URL`,
	`curl -u me: -H 'X-A: 1' URL`,
	`curl -u me:pass -H 'Authorization: Token t' URL`,
	`curl --basic -u me:p:w URL`,
	`curl --oauth2-bearer tok URL`,
	`curl USER:p%40ss@HOST/u`,
	`curl -r 0-9 URL`,
	`curl --range 5- -A x URL`,
	`curl -z 'Mon, 02 Jan 2006 15:04:05 GMT' URL`,
	`curl -z '-Mon, 02 Jan 2006 15:04:05 GMT' -H 'X-A: 1' URL`,
	`curl --compressed -e r -b c=1 URL`,
	`curl -0 URL`,
	`curl --http1.0 -d a=1 URL`,
	`curl --path-as-is URL/a/../b/./c`,
	`curl URL/a/../b/./c`,
	`curl URL/a/b/..`,
	`curl URL/../../x/.`,
	`curl URL/a/%2e%2e/b`,
	`curl URL//a//b/`,
	`curl -g 'URL/x?y[]={1}'`,
	`curl 'URL/x?y[]=1'`,
	`curl 'URL/\{1\}'`,
	`curl --request-target '*' -X OPTIONS URL`,
	`curl --request-target /x?y URL/z`,
	`curl URL/%zz`,
	`curl -F a=1 -F 'b=x y' URL`,
	`curl -F 'doc={"a":1};type=application/json;filename="d \"1\".json"' URL`,
	`curl -F 'a="x;y"' -F 'b=c;type=text/plain;charset=utf-8' URL`,
	`curl --form-string 'a=@b;type=x' -F 'n"q=1' URL`,
	`curl --form-escape -F 'n"q\=1' URL`,
	`curl -F a=1 -H 'Content-Type: multipart/form-data' -H 'X-A: 1' URL`,
	`curl -F a=1 -X PUT URL`,
	`curl -d a=1 URL/n1 --next -d b=2 URL/n2`,
	`curl -d a=1 URL/n1 -: -d b=2 URL/n2`,
	`curl -s -d b=2 URL/m1 URL/m2`,
	`curl -s URL/1 -: -sI URL/2`,
	`curl --url URL/u -o /dev/null -m 5 --retry 0 --no-keepalive`,
	`curl --proto '=http' --tlsv1.2 -sSf -d a=1 URL/hook`,
	`curl -sSL -o /dev/null -w '%{http_code}' --connect-timeout 3 URL/x`,
	`curl --no-buffer -Ns URL -- `,
	`printf 'a\nb%%' | curl --data-binary @- URL`,
	`printf '%s' 'a"b' | curl -d @- URL`,
	`echo '{"a":1}' | curl --json @- URL`,
	`curl --data-binary @- URL <<'EOF'
{"a": "$x"}
EOF`,
	`cat <<EOF | curl -d @- URL
one
two
EOF`,
	`curl --data-binary @- URL <<< 'here'`,
	`curl -s URL/1 && curl -s URL/2`,
	`curl -s URL/1; curl -s URL/2 2>/dev/null`,
	"curl -s \\\n  -H 'X-A: 1' \\\n  -d x \\\n  URL # a comment\n",
	`curl -d "a\"b\\c\$d" URL`,
	`curl -d 'it'\''s' URL`,
	`curl 'URL/é?q=é'`,
	`curl --path-as-is 'URL/é/../é'`,
	`curl HTTP:/HOST/one`,
	`curl http:///HOST/three`,
	`curl -F 'a=b;filename=x.txt' -F 'a=b;filename=X.PNG' -F 'a=b;filename=x.txt.gz' -F 'a=b;filename=x.xml;type=a/b' URL`,
	`curl -H ': x' -H 'X-A: 1' URL`,
	`curl -d $'\cA\c[\101' URL`,
	`curl -d 'a~b' -d a~ -d "~" 'URL/~me'`,
	`A=1 B='' curl URL`,
	`command env A=1 curl URL`,
	`curl -d a=1 URL >/dev/null 2>&1`,
	`curl -d a=1 URL | cat`,
	`curl -H "X-A: $(printf 'a\tb')" URL`,
}

// rawReceiver records requests as on the wire, each once.
func rawReceiver(t *testing.T) (host string, sent func() []string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	var got []string
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_ = c.SetDeadline(time.Now().Add(20 * time.Second))
			got = append(got, readOne(c)...)
			_ = c.Close()
		}
	}()
	return ln.Addr().String(), func() []string {
		_ = ln.Close()
		<-done
		return got
	}
}

// readOne reads the requests of a connection.
func readOne(c net.Conn) (out []string) {
	r := bufio.NewReader(c)
	for {
		var b bytes.Buffer
		length, chunked := 0, false
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return out
			}
			b.WriteString(line)
			low := strings.ToLower(line)
			_, _ = fmt.Sscanf(low, "content-length: %d", &length)
			chunked = chunked || strings.HasPrefix(low, "transfer-encoding: chunked")
			if line == "\r\n" {
				break
			}
		}
		_, _ = io.CopyN(&b, r, int64(length))
		for chunked {
			line, err := r.ReadString('\n')
			b.WriteString(line)
			if err != nil || line == "0\r\n" {
				line, _ = r.ReadString('\n')
				b.WriteString(line)
				break
			}
		}
		out = append(out, b.String())
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	}
}

var (
	anyAgent    = regexp.MustCompile(`(?m)^User-Agent: curl/[\w.-]+`)
	anyBoundary = regexp.MustCompile(`-{24}\w{16,}`)
	anyLength   = regexp.MustCompile(`(?m)^Content-Length: \d+`)
	anyBlanks   = regexp.MustCompile(`(?m)^([\w-]+:)[ \t]*(.*?)[ \t]*\r$`)
)

// comparable hides what differs by the version of curl and by chance.
func comparable(raw string) string {
	raw = anyAgent.ReplaceAllString(raw, "User-Agent: curl")
	raw = anyBlanks.ReplaceAllString(raw, "$1 $2\r")
	if b := anyBoundary.FindString(raw); b != "" {
		raw = anyLength.ReplaceAllString(strings.ReplaceAll(raw, b, "BOUNDARY"), "Content-Length: any")
	}
	return raw
}

// TestCurlSendsWhatIsRead runs the command lines with curl: what it sends is
// what is read.
func TestCurlSendsWhatIsRead(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("no curl")
	}
	if out, err := exec.Command(curl, "--url-query", "a", "--json", "{}", "-V").CombinedOutput(); err != nil {
		t.Skipf("the curl that is there is too old: %s", out)
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	for _, line := range curlLines {
		host, sent := rawReceiver(t)
		line = strings.NewReplacer("URL", "http://"+host, "USER", "http://me", "HOST", host).Replace(line)
		cmd := exec.Command("bash", "-c", line)
		cmd.Env = append(cmd.Environ(), "no_proxy=*", "HOME=/nonexistent")
		out, err := cmd.CombinedOutput()
		want := sent()
		if len(want) == 0 {
			t.Errorf("%s: curl sent nothing: %v: %s", line, err, out)
			continue
		}
		list, err := Read([]byte(line), time.Time{})
		if err != nil {
			t.Errorf("%s: %v; curl sends %q", line, err, want)
			continue
		}
		var got []string
		for _, ex := range list {
			raw, err := Raw(context.Background(), &ex.Request)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, comparable(string(raw)))
		}
		for i := range want {
			want[i] = comparable(want[i])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
}
