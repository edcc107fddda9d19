package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every package and file that CONTRIBUTING.md names is there: a package is named by its
// path, a file on its own is one of a package named before it in the same paragraph.
func TestContributingNamesWhatIsThere(t *testing.T) {
	const root = "../.."
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files").Output()
	if err != nil {
		t.Skip("not in a checkout: ", err)
	}
	files := strings.Fields(string(out))
	path := regexp.MustCompile("`((?:capture|forward|ui)(?:/[a-z0-9_<>*.]+)*)`")
	file := regexp.MustCompile(`\b[a-z0-9_]+\.go\b`)
	named := 0
	for par := range strings.SplitSeq(string(text), "\n\n") {
		var in []string // the packages of the paragraph
		for _, m := range path.FindAllStringSubmatch(par, -1) {
			named++
			pattern := strings.ReplaceAll(m[1], "<name>", "*")
			if got, _ := filepath.Glob(filepath.Join(root, pattern)); len(got) == 0 {
				t.Errorf("%s is not there", m[1])
			}
			in = append(in, m[1])
		}
		for _, name := range file.FindAllString(par, -1) {
			named++
			if !slices.ContainsFunc(files, func(f string) bool {
				return filepath.Base(f) == name && (len(in) == 0 || slices.Contains(in, filepath.ToSlash(filepath.Dir(f)))) || f == name
			}) && !strings.Contains(par, "/"+name) {
				t.Errorf("%s is not in %s", name, strings.Join(in, ", "))
			}
		}
	}
	if named < 60 {
		t.Errorf("only %d packages and files are found in the text", named)
	}
}
