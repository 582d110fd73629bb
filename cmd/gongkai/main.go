// Command gongkai runs the work of government information disclosure: see README.md.
package main

import (
	"os"

	"github.com/gongkai/gongkai/internal/cli"
)

func main() { os.Exit(cli.Main()) }
