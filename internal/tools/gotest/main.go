// Command gotest runs `go test -json` with the given arguments, prints the lines that `go test` prints, and ends with the
// counts. A skipped test fails the run: what was not run was not tested.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...) //nolint:gosec // a developer's own arguments
	cmd.Stderr = errs
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		fmt.Fprintln(errs, "gotest:", err)
		return 1
	}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(errs, "gotest:", err)
		return 1
	}
	t := newTally(out)
	readErr := t.read(stdout)
	waitErr := cmd.Wait()
	if readErr != nil {
		fmt.Fprintln(errs, "gotest:", readErr)
	}
	t.summary()
	if readErr != nil || waitErr != nil || !t.sound() {
		return 1
	}
	return 0
}

// event is one line of `go test -json`.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	// ImportPath is set for build output.
	ImportPath string
}

// tally counts events and prints what a reader wants to see of them.
type tally struct {
	out            io.Writer
	passed, failed int
	skipped        []string
	// broken lists packages that failed without a failing test: they did not build, or ended early.
	broken []string
	// pending holds the output of a running test, printed only when it fails or is skipped.
	pending map[[2]string][]string
	// inside counts failed tests per package.
	inside map[string]int
}

func newTally(out io.Writer) *tally {
	return &tally{out: out, pending: map[[2]string][]string{}, inside: map[string]int{}}
}

func (t *tally) read(r io.Reader) error {
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) == nil {
				t.add(e)
			} else {
				fmt.Fprint(t.out, line)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (t *tally) add(e event) {
	key := [2]string{e.Package, e.Test}
	switch e.Action {
	case "output":
		if e.Test == "" && !strings.HasPrefix(e.Output, seedLine) {
			t.print(e.Output)
		} else {
			t.pending[key] = append(t.pending[key], e.Output)
		}
	case "build-output":
		fmt.Fprint(t.out, e.Output)
	case "pass":
		if e.Test != "" {
			t.passed++
		}
		delete(t.pending, key)
	case "skip":
		if e.Test != "" {
			t.skipped = append(t.skipped, e.Package+" "+e.Test)
			t.flush(key)
		}
	case "fail":
		if e.Test != "" {
			t.failed++
			t.inside[e.Package]++
			t.flush(key)
			return
		}
		if t.inside[e.Package] == 0 {
			t.broken = append(t.broken, e.Package)
		}
		t.flushPackage(e.Package)
	}
}

// seedLine begins the line with the order in which the tests of a package ran. It is wanted when one of them failed.
const seedLine = "-test.shuffle "

// print shows a line of a package, but for the two words that only repeat its result.
func (t *tally) print(s string) {
	if s == "PASS\n" || s == "FAIL\n" {
		return
	}
	fmt.Fprint(t.out, s)
}

func (t *tally) flush(key [2]string) {
	for _, s := range t.pending[key] {
		if !strings.HasPrefix(s, "=== ") {
			fmt.Fprint(t.out, s)
		}
	}
	delete(t.pending, key)
}

// flushPackage shows what the tests that never ended had printed: that is where a panic or a time-out stands.
func (t *tally) flushPackage(pkg string) {
	var keys [][2]string
	for k := range t.pending {
		if k[0] == pkg {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b [2]string) int { return strings.Compare(a[1], b[1]) })
	for _, k := range keys {
		t.flush(k)
	}
}

func (t *tally) sound() bool {
	return t.passed > 0 && t.failed == 0 && len(t.skipped) == 0 && len(t.broken) == 0
}

// summary ends with the counts alone on a line. Skipped tests and broken packages count as failed.
func (t *tally) summary() {
	for _, s := range t.skipped {
		fmt.Fprintln(t.out, "skipped, which fails the run:", s)
	}
	for _, s := range t.broken {
		fmt.Fprintln(t.out, "did not build or ended early:", s)
	}
	fmt.Fprintf(t.out, "%d passed, %d failed\n", t.passed, t.failed+len(t.skipped)+len(t.broken))
}
