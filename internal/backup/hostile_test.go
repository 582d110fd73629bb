package backup

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/store"
)

// refuses asks that a file is refused with words for a person, and leaves what is there as it is.
func refuses(t testing.TB, s site, data []byte, what string) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bad.zip")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	before := listing(t, s.o.Dir)
	_, err := s.restore(path, true)
	if !errors.Is(err, fault.Unreadable) && !errors.Is(err, fault.Incapable) {
		t.Fatalf("%s: error %v, want a refusal", what, err)
	}
	if d := cmp.Diff(before, listing(t, s.o.Dir)); d != "" {
		t.Fatalf("%s: the folder of the data changed:\n%s", what, d)
	}
	return err
}

// listing is the files of a folder with what is in them, but for locks and what SQLite shares between programs.
func listing(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, e := range must(os.ReadDir(dir)) {
		if name := e.Name(); !e.IsDir() && !strings.HasSuffix(name, ".lock") && !strings.HasSuffix(name, "-shm") && !strings.HasSuffix(name, "-wal") {
			out[name] = hexOf(sum(must(os.ReadFile(filepath.Join(dir, name)))))
		} else if e.IsDir() {
			out[name] = "folder"
		}
	}
	return out
}

// TestEveryByteCounts cuts a backup anywhere, changes a byte anywhere, and puts bytes in or behind it.
func TestEveryByteCounts(t *testing.T) {
	a, b := at(t, "sqlite"), at(t, "sqlite")
	a.fill(t, 3)
	b.fill(t, 1)
	want := b.content(t)
	whole := must(os.ReadFile(a.backup(t)))
	_ = refuses(t, b, nil, "empty")
	_ = refuses(t, b, whole[:len(whole)-1], "without the last byte")
	_ = refuses(t, b, append(slices.Clone(whole), 0), "with a byte behind it")
	rapid.Check(t, func(rt *rapid.T) {
		at := rapid.IntRange(0, len(whole)-1).Draw(rt, "at")
		bad := slices.Clone(whole)
		switch rapid.IntRange(0, 3).Draw(rt, "how") {
		case 0:
			bad = bad[:at]
		case 1:
			bad[at] ^= byte(rapid.IntRange(1, 255).Draw(rt, "bits"))
		case 2:
			bad = slices.Insert(bad, at, byte(rapid.IntRange(0, 255).Draw(rt, "byte")))
		case 3:
			n := rapid.IntRange(1, 200).Draw(rt, "bytes")
			bad = slices.Delete(bad, at, min(at+n, len(bad)))
		}
		if !bytes.Equal(bad, whole) {
			_ = refuses(t, b, bad, fmt.Sprint("changed at ", at))
		}
	})
	same(t, want, b.content(t))
}

// part is a member of a backup that is forged: put together again with right digests.
type part struct {
	name   string
	data   []byte
	method uint16
	size   uint64 // declared, 0 for the true one
	sum    string // in the list, "" for the true one
}

func partsOf(t *testing.T, data []byte) []part {
	t.Helper()
	z := must(zip.NewReader(bytes.NewReader(data), int64(len(data))))
	var out []part
	for _, f := range z.File {
		if f.Name != sumsName {
			r := must(f.Open())
			out = append(out, part{name: f.Name, data: must(io.ReadAll(r)), method: f.Method})
		}
	}
	return out
}

// forge writes members as a backup whose digests are right.
func forge(t *testing.T, parts []part) []byte {
	t.Helper()
	f := must(os.Create(filepath.Join(t.TempDir(), "forged.zip")))
	defer f.Close()
	w := newWriter(f, noon)
	for _, p := range parts {
		if p.sum == "" {
			p.sum = hexOf(sum(p.data))
		}
		fmt.Fprintf(&w.sums, "%s  %s\n", p.sum, p.name)
		h := &zip.FileHeader{Name: p.name, Method: p.method}
		if p.size != 0 { // the member says that it is larger or smaller than it is
			h.UncompressedSize64, h.CompressedSize64, h.Method = p.size, uint64(len(p.data)), zip.Store
			if _, err := must(w.zip.CreateRaw(h)).Write(p.data); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if _, err := must(w.zip.CreateHeader(h)).Write(p.data); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprintf(&w.sums, "# %s\n", hexOf(sum(w.sums.Bytes())))
	if err := w.member(sumsName, w.sums.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.zip.SetComment(mark+strings.Repeat("0", sumSize)), w.zip.Close(), w.tail.finish(f)); err != nil {
		t.Fatal(err)
	}
	return must(os.ReadFile(f.Name()))
}

func find(t *testing.T, parts []part, name string) *part {
	t.Helper()
	i := slices.IndexFunc(parts, func(p part) bool { return strings.HasPrefix(p.name, name) })
	if i < 0 {
		t.Fatalf("no member %s", name)
	}
	return &parts[i]
}

// rewrite changes the manifest.
func rewrite(t *testing.T, parts []part, f func(*Manifest)) {
	t.Helper()
	p := find(t, parts, manifestName)
	var m Manifest
	if err := json.Unmarshal(p.data, &m); err != nil {
		t.Fatal(err)
	}
	f(&m)
	p.data = must(json.Marshal(m))
}

func tableOf(m *Manifest, name string) *Table {
	return &m.Tables[slices.IndexFunc(m.Tables, func(t Table) bool { return t.Name == name })]
}

// twice puts the first row of a table there a second time.
func twice(name string) func(*testing.T, []part) []part {
	return func(t *testing.T, parts []part) []part {
		p := find(t, parts, name)
		row, _, _ := bytes.Cut(p.data, []byte("\n"))
		p.data = slices.Concat(row, []byte("\n"), p.data)
		return parts
	}
}

// outside adds a file under a name of its own, and counts it.
func outside(name string) func(*testing.T, []part) []part {
	return func(t *testing.T, parts []part) []part {
		rewrite(t, parts, func(m *Manifest) { m.Files.Count++; m.Files.Bytes++ })
		return slices.Insert(parts, 0, part{name: name, data: []byte("x")})
	}
}

// bomb is a part of a few kilobytes that unpacks to many megabytes.
func bomb(t *testing.T, parts []part) []part {
	p := find(t, parts, "tables/jobs/")
	p.data, p.method = bytes.Repeat([]byte("\n"), 30<<20), zip.Deflate
	return parts
}

// digestIn is the digest that the first file is named after.
func digestIn(t *testing.T, parts []part) string {
	digest, _ := digestOf(find(t, parts, "files/").name)
	return digest
}

// TestForgedBackupIsRefused gives backups whose digests are right, and whose content is not.
func TestForgedBackupIsRefused(t *testing.T) {
	a, b := at(t, "sqlite"), at(t, "sqlite")
	a.fill(t, 3)
	b.fill(t, 1)
	want := b.content(t)
	whole := must(os.ReadFile(a.backup(t)))
	edit := func(name, from, to string) func(*testing.T, []part) []part {
		return func(t *testing.T, parts []part) []part {
			p := find(t, parts, name)
			if !bytes.Contains(p.data, []byte(from)) {
				t.Fatalf("%s does not hold %s", name, from)
			}
			p.data = bytes.Replace(p.data, []byte(from), []byte(to), 1)
			return parts
		}
	}
	manifest := func(f func(*Manifest)) func(*testing.T, []part) []part {
		return func(t *testing.T, parts []part) []part { rewrite(t, parts, f); return parts }
	}
	without := func(name string) func(*testing.T, []part) []part {
		return func(t *testing.T, parts []part) []part {
			p := *find(t, parts, name)
			return slices.DeleteFunc(parts, func(q part) bool { return q.name == p.name })
		}
	}
	with := func(extra part) func(*testing.T, []part) []part {
		return func(_ *testing.T, parts []part) []part { return slices.Insert(parts, 0, extra) }
	}
	for name, test := range map[string]struct {
		do   func(*testing.T, []part) []part
		code string
	}{
		"an entry of the record says otherwise": {edit("tables/audit_entries/", "batch.open", "batch.shut"), "restore.chain"},
		"the head of the record says otherwise": {manifest(func(m *Manifest) { m.Audit.Hash = strings.Repeat("ab", 32) }), "restore.head"},
		"the head is no hash":                   {manifest(func(m *Manifest) { m.Audit.Hash = "x" }), "backup.manifest"},
		"a row less":                            {edit("tables/jobs/", "\n", ""), "backup.row"},
		"a row that is counted and not there":   {manifest(func(m *Manifest) { tableOf(m, "jobs").Rows++ }), "backup.rows"},
		"a number for a text":                   {edit("tables/settings/", `["`, `[1,"`), "backup.row"},
		"a word for a number":                   {edit("tables/audit_head/", `[`, `["x",`), "backup.row"},
		"something behind a row":                {edit("tables/batches/", "]\n", "]]\n"), "backup.row"},
		"no JSON":                               {edit("tables/batches/", "[", "{"), "backup.row"},
		"a row that no key allows":              {twice("tables/batches/"), "backup.rows"},
		"a row twice, and counted": {func(t *testing.T, parts []part) []part {
			rewrite(t, parts, func(m *Manifest) { tableOf(m, "batches").Rows++ })
			return twice("tables/batches/")(t, parts)
		}, "restore.row"},
		"a reference to nothing": {func(t *testing.T, parts []part) []part {
			p := find(t, parts, "tables/batches/")
			p.data = bytes.Replace(p.data, []byte(`"0`), []byte(`"f`), 1)
			return parts
		}, "restore.reference"},
		"a null where none may be": {func(t *testing.T, parts []part) []part {
			find(t, parts, "tables/batches/").data = []byte("[null,\"x\"]\n")
			return parts
		}, "restore.row"},
		"a table less":                 {manifest(func(m *Manifest) { m.Tables = m.Tables[1:] }), "restore.schema"},
		"a column of another name":     {manifest(func(m *Manifest) { m.Tables[0].Columns[0].Name = "zz" }), "restore.schema"},
		"a column with SQL for a name": {manifest(func(m *Manifest) { m.Tables[0].Columns[0].Name = `x"; DROP TABLE jobs; --` }), "backup.manifest"},
		"a table with SQL for a name":  {manifest(func(m *Manifest) { m.Tables[0].Name = `a"; DROP TABLE jobs; --` }), "backup.manifest"},
		"a column of another type":     {manifest(func(m *Manifest) { m.Tables[0].Columns[0].Type = "blob" }), "backup.manifest"},
		"a newer version":              {manifest(func(m *Manifest) { m.Schema = 999 }), "restore.newer"},
		"a version that is none":       {manifest(func(m *Manifest) { m.Schema = 0 }), "restore.version"},
		"an older version":             {manifest(func(m *Manifest) { m.Schema = 1 }), "restore.schema"},
		"a form to come":               {manifest(func(m *Manifest) { m.Format = "gongkai.backup/v2" }), "backup.format"},
		"more parts than rows":         {manifest(func(m *Manifest) { tableOf(m, "jobs").Parts = 1 << 30 }), "backup.manifest"},
		"a part less":                  {without("tables/jobs/"), "backup.members"},
		"a file less":                  {without("files/"), "backup.members"},
		"no manifest":                  {without(manifestName), "backup.members"},
		"a member more":                {with(part{name: "tables/jobs/000002.jsonl"}), "backup.members"},
		"a file outside":               {with(part{name: "../../outside"}), "backup.members"},
		"a file outside, counted":      {outside("files/../../../outside"), "backup.members"},
		"a file with an absolute name": {outside("/outside"), "backup.members"},
		"a file of another content":    {edit("files/", "", "x"), "backup.sums"},
		"a file with a false digest": {func(t *testing.T, parts []part) []part {
			find(t, parts, "files/").data = []byte("x")
			find(t, parts, "files/").sum = digestIn(t, parts)
			return parts
		}, "backup."},
		"a part that unpacks to very much":   {bomb, "backup.size"},
		"a part that says it is very large":  {func(t *testing.T, parts []part) []part { find(t, parts, "tables/jobs/").size = 1 << 40; return parts }, "backup.size"},
		"a part that is larger than it says": {func(t *testing.T, parts []part) []part { find(t, parts, "tables/jobs/").size = 1; return parts }, "backup."},
		"a list that names a member twice":   {func(_ *testing.T, parts []part) []part { return slices.Insert(parts, 0, parts[0]) }, "backup.members"},
	} {
		t.Run(name, func(t *testing.T) {
			parts := test.do(t, partsOf(t, whole))
			if err := refuses(t, b, forge(t, parts), name); !strings.HasPrefix(fault.CodeOf(err), test.code) {
				t.Errorf("code %s (%v), want %s", fault.CodeOf(err), err, test.code)
			}
		})
	}
	same(t, want, b.content(t))
	if out := must(filepath.Glob(filepath.Join(filepath.Dir(b.files), "outside*"))); len(out) != 0 {
		t.Errorf("written outside: %v", out)
	}
	// What was forged nothing in is taken.
	path := filepath.Join(t.TempDir(), "good.zip")
	if err := os.WriteFile(path, forge(t, partsOf(t, whole)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.restore(path, true); err != nil {
		t.Errorf("put together again without a change: %v", err)
	}
}

func TestRowsComeBackAsTheyWere(t *testing.T) {
	columns := []store.Column{{Name: "a", Type: "text"}, {Name: "b", Type: "integer"}, {Name: "c", Type: "text"}}
	rapid.Check(t, func(rt *rapid.T) {
		text := func(name string) any {
			switch rapid.IntRange(0, 3).Draw(rt, name) {
			case 0:
				return nil
			case 1:
				return string(rapid.SliceOf(rapid.Byte()).Draw(rt, name+" bytes"))
			}
			return rapid.String().Draw(rt, name+" text")
		}
		want := []any{text("a"), rapid.Int64().Draw(rt, "b"), text("c")}
		var b bytes.Buffer
		if err := appendRow(&b, want); err != nil {
			rt.Fatal(err)
		}
		line, ok := bytes.CutSuffix(b.Bytes(), []byte("\n"))
		if !ok || bytes.Contains(line, []byte("\n")) || !utf8.Valid(line) {
			rt.Fatalf("not one line of UTF-8: %q", b.Bytes())
		}
		got := make([]any, len(want))
		if err := parseRow(line, columns, got); err != nil {
			rt.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			rt.Fatal(d)
		}
	})
}

// FuzzParseRow reads any line: it is refused, or comes back the same when written again.
func FuzzParseRow(f *testing.F) {
	for _, s := range []string{`["a",1,null]`, `[null,-9223372036854775808,{"hex":"ff"}]`, `["\ud800",1,""]`, `["a",1.5,"b"]`, `["a",1,"b"`, `[`, ``} {
		f.Add([]byte(s))
	}
	columns := []store.Column{{Name: "a", Type: "text"}, {Name: "b", Type: "integer"}, {Name: "c", Type: "text"}}
	f.Fuzz(func(t *testing.T, line []byte) {
		values, again := make([]any, 3), make([]any, 3)
		if parseRow(line, columns, values) != nil {
			return
		}
		var b bytes.Buffer
		if err := appendRow(&b, values); err != nil {
			t.Fatal(err)
		}
		if err := parseRow(bytes.TrimSuffix(b.Bytes(), []byte("\n")), columns, again); err != nil {
			t.Fatalf("%q: %v", b.Bytes(), err)
		}
		if d := cmp.Diff(values, again); d != "" {
			t.Error(d)
		}
	})
}

// FuzzOpen reads any file.
func FuzzOpen(f *testing.F) {
	s := at(f, "sqlite")
	s.fill(f, 1)
	whole := must(os.ReadFile(s.backup(f)))
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > len(mark)+sumSize { // with the right digest at its end, so that the rest is looked at
			data = slices.Clone(data)
			copy(data[len(data)-len(mark)-sumSize:], mark)
			copy(data[len(data)-sumSize:], hexOf(sum(data[:len(data)-sumSize])))
		}
		path := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := Open(t.Context(), path, nil)
		if err != nil {
			if !errors.Is(err, fault.Unreadable) && !errors.Is(err, fault.Incapable) {
				t.Errorf("error %v", err)
			}
			return
		}
		defer a.Close()
		if err := a.Verify(t.Context(), nil); err != nil && !errors.Is(err, fault.Unreadable) {
			t.Errorf("error %v", err)
		}
	})
}
