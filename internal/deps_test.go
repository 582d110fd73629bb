// Package internal_test holds the rules of the whole house: who may import whom, and what every file has to keep to.
package internal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gongkai/gongkai"

// Ring is how far inside a package stands. Imports go inwards; what may go sideways is listed.
type ring int

const (
	r0      ring = iota // words that everything shares: error kinds, citations, the model between files and form
	r1                  // who works, for which agency, with what right; what was done and who signed it off
	r2                  // the cases: applications, publications, concerns; their clocks and fees
	r3                  // the domain: the annual report, and the keeping of reports
	adapter             // files, fonts, the database
	entry               // command line, pages, jobs
	wiring              // sees everything, seen by nobody but the entry that starts it
	kit                 // helps tests and developers; no package of the product imports it
)

var ringNames = map[ring]string{r0: "R0", r1: "R1", r2: "R2", r3: "R3", adapter: "adapter", entry: "entry", wiring: "wiring", kit: "test kit"}

// place is one row of the table: what a package may import beside the standard library. "x/..." means x and what is
// below it. Modules are prefixes of third-party import paths.
type place struct {
	ring    ring
	imports []string
	modules []string
}

// table is the picture of ARCHITECTURE.md in full. Paths are relative to the module; those of imports to internal/.
// A package that is not here fails the test: say first where it stands.
var table = map[string]place{
	"internal/fault":    {ring: r0},
	"internal/legal":    {ring: r0, imports: []string{"fault"}},
	"internal/docio":    {ring: r0, imports: []string{"fault"}},
	"internal/work":     {ring: r0, imports: []string{"fault"}},
	"internal/calendar": {ring: r0, imports: []string{"legal", "fault"}},

	"internal/agency":  {ring: r1, imports: []string{"calendar", "legal", "fault"}},
	"internal/account": {ring: r1, imports: []string{"agency", "calendar", "legal", "fault"}},
	"internal/upkeep":  {ring: r1, imports: []string{"work", "account", "audit", "fault"}},
	"internal/audit":   {ring: r1, imports: []string{"account", "agency", "calendar", "legal", "fault"}},
	"internal/office":  {ring: r1, imports: []string{"audit", "account", "agency", "calendar", "legal", "fault"}},
	"internal/review":  {ring: r1, imports: []string{"audit", "account", "agency", "calendar", "legal", "fault"}},
	"internal/notice":  {ring: r1, imports: []string{"work", "calendar", "legal", "fault"}},

	"internal/deadline": {ring: r2, imports: []string{"calendar", "legal", "fault"}},
	"internal/fee":      {ring: r2, imports: []string{"legal", "fault"}},
	"internal/clock":    {ring: r2, imports: []string{"work", "calendar", "deadline", "agency", "account", "audit", "legal", "fault"}},

	"internal/report":           {ring: r3, imports: []string{"legal", "fault"}},
	"internal/report/form":      {ring: r3, imports: []string{"report", "docio", "legal", "fault"}},
	"internal/report/narrative": {ring: r3, imports: []string{"report", "legal", "fault"}},
	"internal/report/checks":    {ring: r3, imports: []string{"report", "report/narrative", "legal", "fault"}},
	"internal/report/compare":   {ring: r3, imports: []string{"report", "docio", "legal", "fault"}},
	"internal/report/rollup":    {ring: r3, imports: []string{"report", "report/checks", "docio", "legal", "fault"}},
	"internal/filing":           {ring: r3, imports: []string{"work", "calendar", "account", "audit", "report", "report/...", "legal", "fault"}},

	"internal/docio/layout": {ring: adapter, imports: []string{"docio", "fault"}},
	"internal/docio/opc":    {ring: adapter, imports: []string{"docio", "fault"}},
	"internal/docio/text":   {ring: adapter, imports: []string{"docio", "fault"}, modules: []string{"golang.org/x/text", "golang.org/x/net"}},
	"internal/docio/html":   {ring: adapter, imports: []string{"docio", "docio/text", "docio/layout", "fault"}, modules: []string{"golang.org/x/net", "golang.org/x/text"}},
	"internal/docio/docx":   {ring: adapter, imports: []string{"docio", "docio/font", "docio/press", "docio/layout", "docio/opc", "fault"}, modules: []string{"golang.org/x/text", "golang.org/x/net"}},
	"internal/docio/xlsx":   {ring: adapter, imports: []string{"docio", "docio/font", "docio/press", "docio/layout", "docio/opc", "fault"}, modules: []string{"github.com/xuri/excelize/v2"}},
	"internal/docio/pdf": {ring: adapter, imports: []string{"docio", "docio/font", "docio/press", "docio/layout", "docio/opc", "fault"}, modules: []string{
		"github.com/klippa-app/go-pdfium", "github.com/tetratelabs/wazero", "golang.org/x/text", "golang.org/x/image"}},
	"internal/docio/font":  {ring: adapter, imports: []string{"docio", "fault"}, modules: []string{"github.com/tdewolff/font", "golang.org/x/image", "golang.org/x/text"}},
	"internal/docio/press": {ring: adapter, imports: []string{"docio", "docio/font", "fault"}, modules: []string{"golang.org/x/text", "golang.org/x/image"}},
	"internal/docio/file":  {ring: adapter, imports: []string{"docio", "docio/...", "fault"}, modules: []string{"golang.org/x/text"}},
	"internal/intake":      {ring: adapter, imports: []string{"docio", "docio/...", "report", "report/...", "legal", "fault"}, modules: []string{"golang.org/x/sync"}},
	"internal/store":       {ring: adapter, imports: []string{"upkeep", "filing", "report", "report/...", "work", "calendar", "agency", "account", "audit", "review", "office", "notice", "clock", "deadline", "access", "signin", "crypt", "disk", "legal", "fault"}, modules: []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5", "github.com/pressly/goose/v3", "github.com/google/uuid"}},

	"internal/signin": {ring: adapter, imports: []string{"legal", "fault"}, modules: []string{
		"golang.org/x/crypto", "golang.org/x/time", "github.com/pquerna/otp", "github.com/boombuler/barcode"}},
	"internal/signin/sso": {ring: adapter, imports: []string{"legal", "fault"}, modules: []string{
		"github.com/coreos/go-oidc/v3", "golang.org/x/oauth2"}},

	"internal/crypt": {ring: adapter, imports: []string{"disk", "fault"}, modules: []string{"github.com/emmansun/gmsm"}},
	"internal/blob":  {ring: adapter, imports: []string{"crypt", "disk", "fault"}, modules: []string{"github.com/gabriel-vasile/mimetype", "github.com/minio/minio-go/v7"}},
	"internal/disk":  {ring: adapter},
	"internal/demo":  {ring: adapter},

	"internal/backup": {ring: adapter, imports: []string{"store", "blob", "audit", "account", "crypt", "disk", "fault"}},

	"internal/mail": {ring: adapter, imports: []string{"fault"}, modules: []string{"github.com/wneessen/go-mail"}},
	"internal/ical": {ring: adapter, imports: []string{"calendar"}},

	"internal/obs":    {ring: adapter, modules: []string{"github.com/prometheus/client_golang"}},
	"internal/config": {ring: adapter, imports: []string{"fault"}},
	"internal/access": {ring: adapter, imports: []string{"signin", "account", "agency", "audit", "calendar", "fault"}},

	"internal/jobs": {ring: entry, imports: []string{"work", "filing", "docio", "report", "report/...", "legal", "fault"}},
	"internal/web/ui": {ring: entry, imports: []string{"calendar", "report", "report/checks", "filing", "legal", "fault"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/web/door": {ring: entry, imports: []string{"web/ui", "access", "signin", "signin/sso", "account", "agency", "calendar", "fault"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/web/records": {ring: entry, imports: []string{"web/ui", "web/door", "upkeep", "review", "clock", "deadline", "account", "agency", "audit", "calendar", "work", "fault"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/web/notices": {ring: entry, imports: []string{"web/ui", "web/door", "account", "notice", "fault"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/web/reviews": {ring: entry, imports: []string{"web/ui", "web/door", "review", "account", "agency", "calendar", "fault"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/api": {ring: entry, imports: []string{"web/ui", "signin", "office", "account", "agency", "audit", "calendar", "deadline", "fee", "filing", "work", "report", "report/checks", "legal", "fault"}, modules: []string{
		"github.com/danielgtaylor/huma/v2"}},
	"internal/web/calendars": {ring: entry, imports: []string{"web/ui", "web/door", "clock", "ical", "account", "agency", "calendar", "deadline", "legal", "fault"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/web/workbench": {ring: entry, imports: []string{"web/ui", "web/door", "account"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/web/portal": {ring: entry, imports: []string{"web/ui", "calendar", "deadline", "fee", "filing", "report", "report/...", "legal", "fault"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/web/desk": {ring: entry, imports: []string{"web/ui", "web/door", "account", "filing", "docio", "report", "report/...", "legal", "fault"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/web/people": {ring: entry, imports: []string{"web/ui", "web/door", "office", "account", "agency", "calendar", "legal", "fault"}, modules: []string{
		"github.com/a-h/templ"}},
	"internal/cli": {ring: entry, imports: []string{"office", "audit", "app", "config", "calendar", "deadline", "fee", "intake", "jobs", "docio", "docio/...", "report", "report/...", "legal", "fault"}, modules: []string{
		"github.com/alecthomas/kong", "golang.org/x/sync"}},

	"internal/app": {ring: wiring, imports: []string{"..."}, modules: []string{"golang.org/x/sync", "golang.org/x/net"}},
	"cmd/gongkai":  {ring: wiring, imports: []string{"cli"}},

	"internal":                  {ring: kit}, // these tests
	"internal/demo/gen":         {ring: kit, imports: []string{"..."}, modules: []string{"*"}},
	"internal/docio/font/gen":   {ring: kit, imports: []string{"..."}, modules: []string{"*"}},
	"internal/tools/gotest":     {ring: kit},
	"internal/testkit/sample":   {ring: kit, imports: []string{"..."}, modules: []string{"*"}},
	"internal/testkit/printed":  {ring: kit, imports: []string{"..."}, modules: []string{"*"}},
	"internal/testkit/readtest": {ring: kit, imports: []string{"..."}, modules: []string{"*"}},
	"internal/testkit/pgtest":   {ring: kit, modules: []string{"github.com/jackc/pgx/v5"}},
	"internal/blob/blobtest":    {ring: kit, imports: []string{"..."}, modules: []string{"*"}},
	"internal/web/browsertest":  {ring: kit, imports: []string{"..."}, modules: []string{"*"}},
}

// testModules may be used by the tests of every package.
var testModules = []string{"github.com/google/go-cmp", "pgregory.net/rapid"}

// pkg is what `go list` says of a package.
type pkg struct {
	ImportPath   string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func listPackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Standard,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = ".."
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, errs.String())
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestImports holds the whole import table.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range listPackages(t) {
		rel := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if rel == "" {
			rel = "."
		}
		seen[rel] = true
		for _, problem := range judge(rel, p) {
			t.Error(problem)
		}
	}
	for name := range table {
		if !seen[name] {
			t.Errorf("%s has a place in the table of internal/deps_test.go and does not exist", name)
		}
	}
	for name, at := range table {
		for _, imp := range at.imports {
			if at.ring <= r3 && table["internal/"+imp].ring > at.ring {
				t.Errorf("the row of %s lets it import %s, which stands further out", name, imp)
			}
		}
	}
}

// judge returns what is wrong with the imports of one package.
func judge(rel string, p pkg) []string {
	at, ok := table[rel]
	if !ok {
		return []string{rel + " has no place in the picture: add it to the table of internal/deps_test.go and to ARCHITECTURE.md"}
	}
	var out []string
	for _, imp := range p.Imports {
		if rule := forbidden(at, imp); rule != "" {
			out = append(out, fmt.Sprintf("%s (%s) imports %s: %s", rel, ringNames[at.ring], imp, rule))
		}
	}
	for _, imp := range slices.Concat(p.TestImports, p.XTestImports) {
		if strings.HasPrefix(imp, module) || standard(imp) || under(imp, testModules) || at.ring > r3 {
			continue
		}
		out = append(out, fmt.Sprintf("the tests of %s (%s) import %s: tests of R0 to R3 use %v only", rel, ringNames[at.ring], imp, testModules))
	}
	return out
}

// forbidden returns the rule that an import breaks, or "".
func forbidden(at place, imp string) string {
	if standard(imp) {
		return ""
	}
	name, ours := strings.CutPrefix(imp, module+"/internal/")
	if !ours {
		switch {
		case at.ring <= r3:
			return "R0 to R3 import no third-party module"
		case !under(imp, at.modules):
			return "this module is not among those of the package in the table"
		}
		return ""
	}
	target, known := table["internal/"+name]
	switch {
	case !known:
		return "the imported package has no place in the picture"
	case target.ring == kit && at.ring != kit:
		return "nothing of the product imports the test kit"
	case slices.Contains(at.imports, name):
		return ""
	case target.ring > at.ring:
		return fmt.Sprintf("imports go inwards, and %s is %s", name, ringNames[target.ring])
	}
	for _, allowed := range at.imports {
		if below, tree := strings.CutSuffix(allowed, "..."); tree && strings.HasPrefix(name, below) {
			return ""
		}
	}
	return fmt.Sprintf("the table allows %v only", at.imports)
}

func standard(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return !strings.Contains(first, ".")
}

func under(imp string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return m == "*" || imp == m || strings.HasPrefix(imp, m+"/") })
}

// TestForbidden proves that the table refuses what it has to refuse.
func TestForbidden(t *testing.T) {
	in := func(s string) string { return path.Join(module, "internal", s) }
	tests := []struct {
		from, imp string
		refused   bool
	}{
		{"internal/report", "strings", false},
		{"internal/report", in("legal"), false},
		{"internal/report", in("docio"), true},                  // a report knows no file
		{"internal/docio/html", in("report"), true},             // a reader knows no form
		{"internal/report/form", in("docio"), false},            //
		{"internal/report/form", in("docio/html"), true},        // the form knows no file kind
		{"internal/report/checks", in("report/form"), true},     // a rule knows no recogniser
		{"internal/filing", in("store"), true},                  // the domain knows no database
		{"internal/store", in("web/desk"), true},                // adapters and entries do not meet
		{"internal/web/desk", in("store"), true},                //
		{"internal/report", in("testkit/sample"), true},         //
		{"internal/report", "golang.org/x/text/width", true},    // R0 to R3: standard library
		{"internal/docio/html", "golang.org/x/net/html", false}, //
		{"internal/docio/html", "github.com/xuri/excelize/v2", true},
		{"internal/app", in("store"), false},
	}
	for _, tt := range tests {
		rule := forbidden(table[tt.from], tt.imp)
		if (rule != "") != tt.refused {
			t.Errorf("%s importing %s: rule %q, refused should be %v", tt.from, tt.imp, rule, tt.refused)
		}
	}
	if got := judge("internal/unheard_of", pkg{}); len(got) != 1 {
		t.Errorf("a package without a place: %q, want one problem", got)
	}
}
