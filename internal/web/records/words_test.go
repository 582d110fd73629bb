package records

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/web/ui"
)

// spoken is what the program writes into the record, as its sources say it.
type spoken struct {
	actions, subjects, fields map[string]string // with where it stands
	prefixes                  []string          // of actions whose ends are the values of a type
	acts                      []string          // of sign-off
	programs                  map[string]string // who acts when nobody does
}

// scan reads all sources of the program.
func scan(t *testing.T) spoken {
	t.Helper()
	s := spoken{map[string]string{}, map[string]string{}, map[string]string{}, nil, nil, map[string]string{}}
	packages := map[string][]*ast.File{}
	set := token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, files := range packages {
		takes := map[string]map[string]int{"action": {}, "field": {}}
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool { helpers(n, takes); return true })
		}
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool { s.hear(n, dir, takes); return true })
		}
	}
	return s
}

// helpers finds functions that are told an action or a field, and as which argument.
func helpers(n ast.Node, takes map[string]map[string]int) {
	f, ok := n.(*ast.FuncDecl)
	if !ok {
		return
	}
	at := 0
	for _, p := range f.Type.Params.List {
		for _, name := range p.Names {
			if is, ok := takes[name.Name]; ok && (name.Name == "action" || returns(f, "audit.Change")) {
				is[f.Name.Name] = at
			}
			at++
		}
	}
}

func returns(f *ast.FuncDecl, typ string) bool {
	return f.Type.Results != nil && len(f.Type.Results.List) == 1 && named(f.Type.Results.List[0].Type) == typ
}

// named writes a type of another package.
func named(e ast.Expr) string {
	if t, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := t.X.(*ast.Ident); ok {
			return x.Name + "." + t.Sel.Name
		}
	}
	return ""
}

var dotted = regexp.MustCompile(`^[a-z]+(\.[a-z_]+)+$`)

// hear keeps what one piece of source says.
func (s *spoken) hear(n ast.Node, dir string, takes map[string]map[string]int) {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		key, ok := n.Key.(*ast.Ident)
		if ok && (key.Name == "Action" || key.Name == "action") {
			s.action(n.Value, dir)
		}
	case *ast.CompositeLit:
		s.literal(n, dir)
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		if name == "System" && len(n.Args) == 1 {
			keep(s.programs, n.Args[0], dir)
		}
		if at, ok := takes["action"][name]; ok && at < len(n.Args) {
			s.action(n.Args[at], dir)
		}
		if at, ok := takes["field"][name]; ok && at < len(n.Args) {
			keep(s.fields, n.Args[at], dir)
		}
	case *ast.AssignStmt:
		if to, ok := n.Lhs[0].(*ast.Ident); ok && to.Name == "action" {
			s.action(n.Rhs[0], dir)
		}
	case *ast.RangeStmt:
		s.table(n, dir)
	case *ast.Field:
		if n.Tag != nil {
			if tag, err := strconv.Unquote(n.Tag.Value); err == nil {
				if name, _, _ := strings.Cut(reflect.StructTag(tag).Get("audit"), ","); name != "" {
					s.fields[name] = dir
				}
			}
		}
	case *ast.ValueSpec:
		if typ, ok := n.Type.(*ast.Ident); ok && typ.Name == "Act" && strings.HasSuffix(dir, "review") {
			text, _ := text(n.Values[0])
			s.acts = append(s.acts, text)
		}
	}
}

func (s *spoken) action(e ast.Expr, dir string) {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		if prefix, ok := text(sum.X); ok && strings.HasSuffix(prefix, ".") {
			s.prefixes = append(s.prefixes, prefix)
		}
		return
	}
	if t, ok := text(e); ok && dotted.MatchString(t) {
		s.actions[t] = dir
	}
}

// table keeps the fields that a loop goes through.
func (s *spoken) table(n *ast.RangeStmt, dir string) {
	key, ok := n.Key.(*ast.Ident)
	all, lit := n.X.(*ast.CompositeLit)
	if !ok || !lit || key.Name != "field" {
		return
	}
	changes := false
	ast.Inspect(n.Body, func(in ast.Node) bool {
		c, ok := in.(*ast.CompositeLit)
		changes = changes || ok && named(c.Type) == "audit.Change"
		return true
	})
	if !changes {
		return
	}
	for _, e := range all.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			keep(s.fields, kv.Key, dir)
		}
	}
}

// literal keeps the kinds of subjects and the fields that are written out.
func (s *spoken) literal(n *ast.CompositeLit, dir string) {
	if all, ok := n.Type.(*ast.ArrayType); ok && named(all.Elt) == "audit.Change" {
		for _, one := range n.Elts {
			if c, ok := one.(*ast.CompositeLit); ok {
				s.parts(c, "Field", s.fields, dir)
			}
		}
	}
	switch named(n.Type) {
	case "audit.Subject":
		s.parts(n, "Kind", s.subjects, dir)
	case "audit.Change":
		s.parts(n, "Field", s.fields, dir)
	}
}

func (s *spoken) parts(n *ast.CompositeLit, name string, into map[string]string, dir string) {
	for i, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok && i == 0 {
			keep(into, e, dir)
		}
		if ok && kv.Key.(*ast.Ident).Name == name {
			keep(into, kv.Value, dir)
		}
	}
}

func keep(into map[string]string, e ast.Expr, dir string) {
	if t, ok := text(e); ok && t != "" {
		into[t] = dir
	}
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// TestEverythingTheRecordSaysHasChineseWords: whoever writes a new action, subject or field gives it a name.
func TestEverythingTheRecordSaysHasChineseWords(t *testing.T) {
	s := scan(t)
	if len(s.actions) < 50 || len(s.subjects) < 15 || len(s.fields) < 60 || len(s.acts) < 7 || !slices.Equal(s.prefixes, []string{"review."}) {
		t.Fatalf("read %d actions, %d subjects, %d fields, acts %v, prefixes %v: the sources are written otherwise than this test reads them",
			len(s.actions), len(s.subjects), len(s.fields), s.acts, s.prefixes)
	}
	for _, act := range s.acts {
		s.actions["review."+act] = "review"
	}
	for a, dir := range s.actions {
		kind, _, _ := strings.Cut(a, ".")
		if !chinese.MatchString(actionName(a)) {
			t.Errorf("%s: the action %s has no name in names.go", dir, a)
		}
		if !slices.ContainsFunc(kindOptions(), func(o ui.Option) bool { return o.Value == kind+"." }) {
			t.Errorf("%s: the kind of the action %s cannot be searched for", dir, a)
		}
	}
	for a := range actions() {
		if s.actions[a] == "" {
			t.Errorf("nothing does %s any more", a)
		}
	}
	for k, dir := range s.subjects {
		if !chinese.MatchString(subjectName(k)) {
			t.Errorf("%s: the subject %s has no name in names.go", dir, k)
		}
	}
	for f, dir := range s.fields {
		if !chinese.MatchString(fieldName("x.y", f)) {
			t.Errorf("%s: the field %s has no name in names.go", dir, f)
		}
	}
	for p, dir := range s.programs {
		if !chinese.MatchString(viaName(p)) {
			t.Errorf("%s: the part %s of the program has no name in names.go", dir, p)
		}
	}
}

var chinese = regexp.MustCompile(`^[\p{Han}（）、，]+$`)

func TestWordsOfValues(t *testing.T) {
	for _, tt := range []struct{ action, field, value, want string }{
		{"agency.create", "kind", "department", "政府部门"}, {"clock.open", "kind", "reply", "答复申请"}, {"agency.create", "level", "county", "县级"},
		{"position.add", "role", "officer", "公开工作机构经办人"}, {"position.add", "role", "own-role", "own-role"}, {"role.create", "perms", "agency.see audit.see", "查看机构和人员、查看操作记录"},
		{"review.submit", "state", "in_review", "审查中"}, {"calendar.approve", "state", "in_force", "已生效"}, {"review.plan", "apart", "each", "每个环节都要换人"},
		{"position.add", "subtree", "true", "是"}, {"person.amend", "must_change", "false", "否"}, {"position.add", "from", "2026-01-20", "2026年1月20日"},
		{"person.close", "closed", "2026-01-20T04:00:00.001Z", "2026年1月20日 12:00"}, {"agency.rename", "name", "示例区社区办", "示例区社区办"},
	} {
		if got := said(tt.action, tt.field, tt.value); got != tt.want {
			t.Errorf("%s %s %q reads %q, want %q", tt.action, tt.field, tt.value, got, tt.want)
		}
	}
	if a, b := fieldName("person.create", "name"), fieldName("agency.create", "name"); a != "姓名" || b != "名称" {
		t.Errorf("a person's %s, an agency's %s", a, b)
	}
	if viaName("session 0123") != "网页" || viaName("nobody knows") != "nobody" {
		t.Errorf("%s, %s", viaName("session 0123"), viaName("nobody knows"))
	}
}
