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
	for _, name := range undeclared(t, root, string(text)) {
		t.Error(name)
	}
	if named < 60 {
		t.Errorf("only %d packages and files are found in the text", named)
	}
}

// undeclared are the names in the rows of the text's tables that no package of the
// row declares, and those as package.Name that are not in that package.
func undeclared(t *testing.T, root, text string) (out []string) {
	path := regexp.MustCompile("`((?:capture|forward|ui)(?:/[a-z0-9_]+)*)(?:/[a-z0-9_<>*]+\\.go)?`")
	name := regexp.MustCompile("`(?:([a-z]+)\\.)?([A-Za-z]+)`")
	for line := range strings.Lines(text) {
		source := ""
		for _, m := range path.FindAllStringSubmatch(line, -1) {
			source += sourceOf(t, filepath.Join(root, m[1]))
		}
		for _, m := range name.FindAllStringSubmatch(line, -1) {
			in := source
			switch {
			case m[2] == "go": // a file
				continue
			case m[1] == "safe":
				in = sourceOf(t, filepath.Join(root, "capture/safe"))
			case m[1] != "":
				in = sourceOf(t, filepath.Join(root, m[1]))
			case in == "" || !strings.HasPrefix(line, "|") || path.MatchString("`"+m[2]+"`"):
				continue
			}
			declared := regexp.MustCompile(`(?m)^(?:func |func \([^)]*\) |type |var |const |\t)` + m[2] + `\b`)
			if !declared.MatchString(in) {
				out = append(out, strings.Trim(m[0], "`")+" is not declared where this says: "+line)
			}
		}
	}
	return out
}

// sourceOf is the source of the package in a folder, without its tests.
func sourceOf(t *testing.T, dir string) string {
	var b strings.Builder
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}
