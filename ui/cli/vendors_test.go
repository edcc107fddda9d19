package cli

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

const vendorsDir = "testdata/vendors"

// TestVendors holds creel against the libraries by which apps receive webhooks:
// what they sign is valid to creel, and what creel signs they accept and parse.
func TestVendors(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("not tested: Node.js is not installed")
	}
	if _, err := os.Stat(filepath.Join(vendorsDir, "node_modules")); err != nil {
		t.Skip("not tested: the vendors' libraries are not installed: npm ci --prefix ui/cli/" + vendorsDir)
	}
	cmds := scriptCommands()
	cmds["vendors"] = startVendors
	testscript.Run(t, testscript.Params{Dir: vendorsDir, RequireExplicitExec: true, Cmds: cmds, Setup: scriptSetup})
}

// startVendors CONFIG [VENDOR=FILE...] starts the app of all vendors with the
// secrets of the configuration, and the keys of files, and sets VENDORS to its URL, and DIR to where its files are.
func startVendors(ts *testscript.TestScript, _ bool, args []string) {
	dir, err := filepath.Abs(vendorsDir)
	ts.Check(err)
	cmd := exec.Command("node", filepath.Join(dir, "receive.mjs"), ts.MkAbs(args[0]))
	for _, spec := range args[1:] {
		name, file, _ := strings.Cut(spec, "=")
		cmd.Args = append(cmd.Args, name+"="+ts.MkAbs(file))
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	url, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	ts.Setenv("VENDORS", strings.TrimSpace(url))
	ts.Setenv("DIR", dir)
}
