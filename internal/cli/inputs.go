package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/report"
)

// extensions are the files taken from a folder; a file named on the command line is read whatever its name.
var extensions = []string{".txt", ".md", ".html", ".htm", ".shtml", ".docx", ".xlsx", ".pdf", ".csv", ".json"}

// input is one file to work on: where it is, and the name by which results call it: its base name, or its path below the
// folder that was named.
type input struct{ path, name string }

// expand replaces folders by the files in and below them, sorted by path. Hidden files and other kinds of file are left out.
func expand(paths []string) ([]input, error) {
	var out []input
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil || !st.IsDir() {
			out = append(out, input{p, filepath.Base(p)}) // the reader says what is wrong with it
			continue
		}
		n := len(out)
		err = filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case path != p && strings.HasPrefix(d.Name(), "."):
				if d.IsDir() {
					return fs.SkipDir
				}
			case d.Type().IsRegular() && slices.Contains(extensions, strings.ToLower(filepath.Ext(path))) && !strings.HasPrefix(d.Name(), "~$"):
				name, err := filepath.Rel(p, path)
				if err != nil {
					return err
				}
				out = append(out, input{path, filepath.ToSlash(name)})
			}
			return nil
		})
		if err != nil {
			return nil, fault.Wrap(fault.Unreadable, "file.folder", "文件夹“"+p+"”读不全："+err.Error(), err)
		}
		if len(out) == n {
			return nil, fault.New(fault.Usage, "file.empty_folder", "文件夹“"+p+"”里没有可读的文件（"+strings.Join(extensions, " ")+"）")
		}
		slices.SortFunc(out[n:], func(a, b input) int { return strings.Compare(a.path, b.path) })
	}
	return out, nil
}

// outcome is one input, read and worked on.
type outcome[T any] struct {
	input
	report *report.Report
	value  T
	err    error
}

// each reads the files on all processors and hands the outcomes to use in the order of the files. No more files are held in
// memory than twice the number of processors, however many there are.
func each[T any](ctx context.Context, paths []input, lim docio.Limits, work func(*report.Report) T, use func(outcome[T]) error) error {
	g, ctx := errgroup.WithContext(ctx)
	width := runtime.GOMAXPROCS(0)
	slots := make(chan chan outcome[T], width)
	type task struct {
		input
		to chan outcome[T]
	}
	tasks := make(chan task)
	g.Go(func() error {
		defer close(slots)
		defer close(tasks)
		for _, p := range paths {
			to := make(chan outcome[T], 1)
			select {
			case slots <- to:
			case <-ctx.Done():
				return ctx.Err()
			}
			select {
			case tasks <- task{p, to}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range width {
		g.Go(func() error {
			for t := range tasks {
				o := outcome[T]{input: t.input}
				o.report, o.err = intake.ReadFile(ctx, t.path, lim)
				if o.err == nil {
					o.report.File = t.name
					o.value = work(o.report)
				}
				t.to <- o
			}
			return nil
		})
	}
	g.Go(func() error {
		for to := range slots {
			select {
			case o := <-to:
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err := use(o); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return g.Wait()
}

// errorLine is the JSON of a file that could not be read.
func errorLine(name string, err error) ([]byte, error) {
	code := fault.CodeOf(err)
	if code == "internal" {
		code = "file.unreadable"
	}
	b, merr := json.Marshal(struct {
		Schema string `json:"schema"`
		File   string `json:"file"`
		Error  struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}{report.Schema, name, struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{code, message(err)}})
	return append(b, '\n'), merr
}

// unreadable reports a file that could not be read, on standard error and as a line of JSON.
func (e *env) unreadable(in input, err error, asJSON bool) error {
	e.fail(in.path, err)
	if !asJSON {
		return nil
	}
	line, err := errorLine(in.name, err)
	if err != nil {
		return err
	}
	_, err = e.out.Write(line)
	return err
}

// writeFile writes a file whole or not at all: into a temporary file beside it that takes its name at the end.
func writeFile(path string, write func(f *os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".gongkai-*")
	if err != nil {
		return fault.Wrap(fault.Usage, "file.create", "不能在“"+filepath.Dir(path)+"”里写文件；请检查文件夹和权限", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // the first error is the one to tell
			_ = os.Remove(f.Name()) // nothing half-written stays
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err = f.Sync(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err = f.Close(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
