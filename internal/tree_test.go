package internal_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/report"
)

// tracked lists the files of the repository that are kept in git, relative to its root.
func tracked(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "-z")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	var files []string
	for name := range strings.SplitSeq(string(out), "\x00") {
		info, err := os.Stat(filepath.Join("..", name))
		if name != "" && err == nil && info.Mode().IsRegular() {
			files = append(files, name)
		}
	}
	if len(files) == 0 {
		t.Fatal("no tracked files")
	}
	return files
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var (
	// A path of a developer's machine. The parts are put together so that this file does not find itself.
	machinePath = regexp.MustCompile(`(^|[^\w.\-/:}])/(` + strings.Join([]string{"work", "farm", "tmp", "home", "Users"}, "|") + `)/[A-Za-z]`)
	unfinished  = regexp.MustCompile(`\b` + "TO" + `DO\b`)
	reasoned    = regexp.MustCompile(`(context\.` + "TO" + `DO\b)|(` + "TO" + `DO\(#\d+\): \S)`)
)

// problemIn returns what a line may not hold, or "".
func problemIn(line string) string {
	switch {
	case machinePath.MatchString(line):
		return "a path of one machine"
	case unfinished.MatchString(line) && !reasoned.MatchString(line):
		return "an unfinished mark that names no issue: write it as " + "TO" + "DO(#12): why"
	}
	return ""
}

// TestNoTraces looks for machine paths and unfinished marks in everything that is tracked.
func TestNoTraces(t *testing.T) {
	for _, name := range tracked(t) {
		if strings.HasPrefix(name, "testdata/reports/") || strings.Contains(name, "/testdata/") || filepath.Ext(name) == ".sum" {
			continue
		}
		text := read(t, name)
		if bytes.IndexByte([]byte(text), 0) >= 0 {
			continue // not text
		}
		for i, line := range strings.Split(text, "\n") {
			if p := problemIn(line); p != "" {
				t.Errorf("%s:%d: %s", name, i+1, p)
			}
		}
	}
}

func TestProblemIn(t *testing.T) {
	tests := []struct {
		line string
		bad  bool
	}{
		{"see /" + "work/main/x", true},
		{"open(\"/" + "tmp/a.txt\")", true},
		{"/" + "home/someone/x", true},
		{"https://example.org/" + "work/page", false},
		{"the work/life balance", false},
		{"./" + "tmp/x", false},
		{"// TO" + "DO: later", true},
		{"// TO" + "DO(#12): the next format", false},
		{"ctx := context.TO" + "DO()", false},
	}
	for _, tt := range tests {
		if got := problemIn(tt.line); (got != "") != tt.bad {
			t.Errorf("%q: %q, bad should be %v", tt.line, got, tt.bad)
		}
	}
}

var mdLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks follows every link between the documents, with its heading.
func TestLinks(t *testing.T) {
	count := 0
	for _, name := range tracked(t) {
		if filepath.Ext(name) != ".md" || strings.HasPrefix(name, "testdata/") {
			continue
		}
		for _, m := range mdLink.FindAllStringSubmatch(read(t, name), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			count++
			full := name
			if target != "" {
				full = filepath.Join(filepath.Dir(name), target)
			}
			if _, err := os.Stat(filepath.Join("..", full)); err != nil {
				t.Errorf("%s links to %s, which does not exist", name, m[1])
				continue
			}
			if anchor != "" && !slices.Contains(anchors(read(t, full)), anchor) {
				t.Errorf("%s links to %s, and there is no such heading", name, m[1])
			}
		}
	}
	if count == 0 {
		t.Error("no links were found; is the pattern still right?")
	}
}

// anchors returns the anchors of the headings of a document, made the way the usual viewers make them.
func anchors(text string) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(line, "#") {
			continue
		}
		title := strings.ToLower(strings.TrimSpace(strings.TrimLeft(line, "#")))
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return r
			}
			return -1
		}, title))
	}
	return out
}

// TestDocComments asks for a doc comment on every package and every exported name of R0 to R3.
func TestDocComments(t *testing.T) {
	for rel, at := range table {
		if at.ring > r3 {
			continue
		}
		files, err := filepath.Glob(filepath.Join("..", rel, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		documented := false
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			documented = documented || f.Doc != nil
			for _, d := range f.Decls {
				for _, name := range undocumented(d) {
					t.Errorf("%s: %s has no doc comment", fset.Position(d.Pos()), name)
				}
			}
		}
		if len(files) > 0 && !documented {
			t.Errorf("package %s has no package comment", rel)
		}
	}
}

// undocumented returns the exported names of a declaration that no comment explains. A comment on a group, or at the end
// of a constant's line, counts.
func undocumented(d ast.Decl) []string {
	var out []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			out = append(out, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					out = append(out, s.Name.Name)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						out = append(out, n.Name)
					}
				}
			}
		}
	}
	return out
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	name, ok := typ.(*ast.Ident)
	return !ok || name.IsExported()
}

// TestGlossary asks for every key and every fixed word of the form in GLOSSARY.md.
func TestGlossary(t *testing.T) {
	glossary := read(t, "GLOSSARY.md")
	want := map[string]bool{}
	for _, title := range report.SectionTitles {
		want[title] = true
	}
	for _, h := range report.FiveHeadings {
		want[h] = true
	}
	for _, f := range report.Formats() {
		want[f.Source.Instrument.Number] = true
		for _, spec := range []*report.TableSpec{f.Table2, f.Table3, f.Table3Merged, f.Table4} {
			if spec == nil {
				continue
			}
			for _, row := range spec.Rows {
				want["`"+row.Key+"`"] = true
				want[row.Label] = true
				want[row.Group] = true
				for _, field := range row.Fields {
					want[field.Label] = true
					if field.Key != "" {
						want["`"+field.Key+"`"] = true
					}
				}
			}
		}
	}
	for _, w := range sorted(want) {
		if !strings.Contains(glossary, w) {
			t.Errorf("GLOSSARY.md lacks %q", w)
		}
	}
}

func sorted(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TestInstruments asks for every instrument that the code cites in docs/legal/instruments.md.
func TestInstruments(t *testing.T) {
	doc := read(t, "docs/legal/instruments.md")
	found := regexp.MustCompile(`Key: "([^"]+)", Title: "([^"]+)", Number: "([^"]+)"`).FindAllStringSubmatch(read(t, "internal/legal/legal.go"), -1)
	if len(found) < 5 {
		t.Fatalf("found %d instruments in internal/legal, want at least 5", len(found))
	}
	for _, m := range found {
		for _, word := range m[1:] {
			if !strings.Contains(doc, word) {
				t.Errorf("docs/legal/instruments.md lacks %s", word)
			}
		}
	}
}

// TestStatedLimits compares the defaults in docs/guide/limits.md with those of the code.
func TestStatedLimits(t *testing.T) {
	doc := read(t, "docs/guide/limits.md")
	v := reflect.ValueOf(docio.Limits{}.WithDefaults())
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		line := fmt.Sprintf("| `%s` | %v |", name, v.Field(i).Interface())
		if !strings.Contains(doc, line) {
			t.Errorf("docs/guide/limits.md has no row that begins with %q", line)
		}
	}
}
