// Command creel is a webhook inspector that lives in the terminal.
package main

import (
	"os"

	"creel/ui/cli"
)

func main() { os.Exit(cli.Main()) }
