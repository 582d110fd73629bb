package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/deadline"
)

var update = flag.Bool("update", false, "write docs/api/openapi.json")

const specFile = "../../docs/api/openapi.json"

func described(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, newAPI(Options{}).spec, "", "  "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func versionOf(t *testing.T, spec []byte) string {
	t.Helper()
	var s struct{ Info struct{ Version string } }
	if err := json.Unmarshal(spec, &s); err != nil {
		t.Fatal(err)
	}
	return s.Info.Version
}

// TestTheDescriptionChangesWithItsVersionOnly: the committed description is that of the code, and another one has another version.
func TestTheDescriptionChangesWithItsVersionOnly(t *testing.T) {
	got := described(t)
	want, err := os.ReadFile(specFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	if len(want) > 0 && versionOf(t, want) == versionOf(t, got) {
		t.Fatalf("the description changed and api.Version did not: count it up (its comment says which figure), then run with -update\n%s",
			cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")))
	}
	if !*update {
		t.Fatalf("%s is not that of the code: go test ./internal/api -run Description -update", specFile)
	}
	if err := os.WriteFile(specFile, got, 0o600); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(newAPI(Options{}).spec)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheDescriptionIsValid(t *testing.T) {
	doc := load(t)
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %q, want 3.1.0", doc.OpenAPI)
	}
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return unicode.Is(unicode.Han, c) })
}

// TestTheDescriptionIsInChinese asks for words in Chinese wherever a person reads, and names in plain English.
func TestTheDescriptionIsInChinese(t *testing.T) {
	doc := load(t)
	name := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			at := method + " " + path
			if !chinese(op.Summary) || !chinese(op.Description) || op.OperationID == "" {
				t.Errorf("%s: id %q, summary %q, description %q", at, op.OperationID, op.Summary, op.Description)
			}
			for _, p := range op.Parameters {
				if !chinese(p.Value.Description) {
					t.Errorf("%s: parameter %s: %q", at, p.Value.Name, p.Value.Description)
				}
			}
			for code, r := range op.Responses.Map() {
				if r.Value.Description == nil || !chinese(*r.Value.Description) {
					t.Errorf("%s: response %s has no description in Chinese", at, code)
				}
			}
		}
	}
	for schema, s := range doc.Components.Schemas {
		for prop, v := range s.Value.Properties {
			if !name.MatchString(prop) {
				t.Errorf("%s.%s is not a name", schema, prop)
			}
			if v.Ref == "" && !chinese(v.Value.Description) {
				t.Errorf("%s.%s: %q", schema, prop, v.Value.Description)
			}
		}
	}
}

// TestOperationsAreThoseOfTheDescription: what Operations lists, what the description says and what it says of rights are one.
func TestOperationsAreThoseOfTheDescription(t *testing.T) {
	doc := load(t)
	perms := map[account.Perm]bool{}
	for _, n := range account.PermNames() {
		perms[n.Value] = true
	}
	listed := map[string]Operation{}
	for _, o := range Operations() {
		key := o.Method + " " + strings.TrimPrefix(o.Path, Prefix)
		if _, twice := listed[key]; twice {
			t.Errorf("%s is listed twice", key)
		}
		listed[key] = o
		if o.Public != (len(o.Perms) == 0) {
			t.Errorf("%s: public %v with permissions %v", key, o.Public, o.Perms)
		}
		for _, p := range o.Perms {
			if !perms[p] {
				t.Errorf("%s asks for %q, which is no permission", key, p)
			}
		}
	}
	delete(listed, "GET /openapi.json")
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o, ok := listed[method+" "+path]
			if !ok {
				t.Errorf("%s %s is not listed", method, path)
				continue
			}
			delete(listed, method+" "+path)
			var said []account.Perm
			if op.Security != nil {
				for _, s := range *op.Security {
					for _, p := range s["token"] {
						said = append(said, account.Perm(p))
					}
				}
			}
			if !slices.Equal(said, o.Perms) {
				t.Errorf("%s %s: the description says %v, the code asks for %v", method, path, said, o.Perms)
			}
			if wantKey := method != "GET"; wantKey != (op.Parameters.GetByInAndName("header", keyHeader) != nil) {
				t.Errorf("%s %s: %s described: %v, want %v", method, path, keyHeader, !wantKey, wantKey)
			}
		}
	}
	for key := range listed {
		t.Errorf("%s is not described", key)
	}
}

// TestKindsOfPeriodAreAllOffered: the parameter lists every kind that there is.
func TestKindsOfPeriodAreAllOffered(t *testing.T) {
	p := load(t).Paths.Find("/deadline").Get.Parameters.GetByInAndName("query", "kind")
	var got, want []string
	for _, v := range p.Schema.Value.Enum {
		got = append(got, v.(string))
	}
	for _, r := range deadline.Rules() {
		want = append(want, string(r.Kind))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds (-want +got)\n%s", diff)
	}
}
