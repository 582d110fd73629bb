package audit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
)

func hashes(alg string) (func() hash.Hash, error) {
	if alg != "sha256" {
		return nil, errors.New("unknown")
	}
	return sha256.New, nil
}

var start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// chain is n entries that hold.
func chain(n int) []Entry {
	var out []Entry
	var prev []byte
	for i := range n {
		e := Entry{Seq: int64(i + 1), At: start.Add(time.Duration(i) * time.Second), Actor: "p1", Name: "张示例", Via: "session", Action: "agency.rename",
			Subject: Subject{"agency", "a1"}, Agency: "a1", Changes: fmt.Sprintf(`[{"field":"name","after":"%d"}]`, i), Alg: "sha256", Prev: prev}
		e.Hash = e.Sum(sha256.New())
		prev = e.Hash
		out = append(out, e)
	}
	return out
}

func headOf(all []Entry) Head {
	if len(all) == 0 {
		return Head{}
	}
	last := all[len(all)-1]
	return Head{Seq: last.Seq, Hash: last.Hash, At: last.At}
}

// verify returns where the chain breaks, 0 when it holds.
func verify(all []Entry, kept Head, anchors ...Head) int64 {
	v := NewVerifier(hashes, anchors...)
	for _, e := range all {
		v.Next(e)
	}
	if b := v.Done(kept); b != nil {
		return b.Seq
	}
	return 0
}

// again hashes a chain afresh from an entry on, as somebody would who can write to the database.
func again(all []Entry, from int) []Entry {
	for i := from; i < len(all); i++ {
		all[i].Seq = int64(i + 1)
		all[i].Prev = nil
		if i > 0 {
			all[i].Prev = all[i-1].Hash
		}
		all[i].Hash = all[i].Sum(sha256.New())
	}
	return all
}

func TestTheFirstBrokenLinkIsFound(t *testing.T) {
	whole := chain(6)
	kept := headOf(whole)
	exported := headOf(whole[:4])
	tests := []struct {
		name    string
		harm    func([]Entry) []Entry
		kept    Head
		anchors []Head
		want    int64
	}{
		{"whole", func(e []Entry) []Entry { return e }, kept, []Head{exported}, 0},
		{"empty", func([]Entry) []Entry { return nil }, Head{}, nil, 0},
		{"a name", func(e []Entry) []Entry { e[2].Name = "李示例"; return e }, kept, nil, 3},
		{"a value", func(e []Entry) []Entry { e[2].Changes = "[]"; return e }, kept, nil, 3},
		{"a value with its hash", func(e []Entry) []Entry { e[2].Changes = "[]"; e[2].Hash = e[2].Sum(sha256.New()); return e }, kept, nil, 4},
		{"a time", func(e []Entry) []Entry { e[0].At = e[0].At.Add(time.Millisecond); return e }, kept, nil, 1},
		{"an algorithm", func(e []Entry) []Entry { e[1].Alg = "none"; return e }, kept, nil, 2},
		{"one removed", func(e []Entry) []Entry { return append(e[:2:2], e[3:]...) }, kept, nil, 3},
		{"the first removed", func(e []Entry) []Entry { return e[1:] }, kept, nil, 1},
		{"two changed places", func(e []Entry) []Entry { e[1], e[2] = e[2], e[1]; return e }, kept, nil, 2},
		{"the end removed", func(e []Entry) []Entry { return e[:4] }, kept, nil, 5},
		{"one added at the end", func(e []Entry) []Entry { return again(append(e, e[0]), 6) }, kept, nil, 7},
		{"the last written afresh", func(e []Entry) []Entry { e[5].Name = "李示例"; return again(e, 5) }, kept, nil, 6},
		{"all of it removed", func([]Entry) []Entry { return nil }, kept, nil, 1},
		{"all of it removed, and the head", func([]Entry) []Entry { return nil }, Head{}, []Head{exported}, 1},
		{"the end and the head", func(e []Entry) []Entry { return e[:3] }, headOf(whole[:3]), []Head{exported}, 4},
	}
	for _, tt := range tests {
		if got := verify(tt.harm(chain(6)), tt.kept, tt.anchors...); got != tt.want {
			t.Errorf("%s: breaks at %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestAChainThatWasRewrittenAsAWholeIsFoundByWhatWasExported(t *testing.T) {
	whole := chain(6)
	exported := headOf(whole[:4])
	forged := chain(6)
	forged[1].Name = "李示例"
	forged = again(forged, 1)
	if got := verify(forged, headOf(forged)); got != 0 {
		t.Fatalf("alone it breaks at %d: the forgery is badly made", got)
	}
	if got := verify(forged, headOf(forged), exported); got != 4 {
		t.Errorf("with what was exported it breaks at %d, want 4", got)
	}
	// An export made after the forgery does not make up for the one before it, in whatever order they are given.
	for _, anchors := range [][]Head{{exported, headOf(forged[:4])}, {headOf(forged[:4]), exported}} {
		if got := verify(forged, headOf(forged), anchors...); got != 4 {
			t.Errorf("with both exports it breaks at %d, want 4", got)
		}
	}
}

// TestAnyOneChangeIsFound changes one field of one entry.
func TestAnyOneChangeIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "entries")
		all := chain(n)
		kept := headOf(all)
		at := rapid.IntRange(0, n-1).Draw(t, "at")
		e := &all[at]
		fields := []*string{&e.Name, &e.Via, &e.Action, &e.Subject.Kind, &e.Subject.ID, &e.Cause, &e.Changes, (*string)(&e.Actor), (*string)(&e.For), (*string)(&e.Agency)}
		f := fields[rapid.IntRange(0, len(fields)-1).Draw(t, "field")]
		old := *f
		*f = rapid.StringN(0, 6, -1).Draw(t, "value")
		want := int64(at + 1)
		if *f == old {
			want = 0
		}
		if got := verify(all, kept); got != want {
			t.Fatalf("breaks at %d, want %d", got, want)
		}
	})
}

// TestNoTwoEntriesHaveTheSameBytes moves text from one field to the next.
func TestNoTwoEntriesHaveTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func() Entry {
			s := func(name string) string { return rapid.StringMatching(`[ab]{0,2}`).Draw(t, name) }
			return Entry{Seq: int64(rapid.IntRange(1, 2).Draw(t, "seq")), Actor: account.PersonID(s("actor")), Name: s("name"), Via: s("via"), Action: s("action"),
				Subject: Subject{s("kind"), s("id")}, Agency: agency.ID(s("agency")), Cause: s("cause"), Changes: s("changes"), Prev: []byte(s("prev"))}
		}
		a, b := draw(), draw()
		if same := bytes.Equal(a.Sum(sha256.New()), b.Sum(sha256.New())); same != cmp.Equal(a, b) {
			t.Fatalf("same sum %v for %+v and %+v", same, a, b)
		}
	})
}

type thing struct {
	Base
	Name   string        `audit:"name"`
	Phone  string        `audit:"phone,sealed"`
	Count  int           `audit:"count"`
	Big    int64         `audit:"big"`
	On     bool          `audit:"on"`
	Since  calendar.Date `audit:"since"`
	At     time.Time     `audit:"at"`
	Tags   []string      `audit:"tags"`
	Opt    *string       `audit:"opt"`
	Hidden string
}

// Base is embedded.
type Base struct {
	Group string `audit:"group"`
}

func seal(field, v string) (string, error) { return "sealed:" + field + ":" + fmt.Sprint(len(v)), nil }

func ptr(s string) *string { return &s }

func TestWhatADiffSays(t *testing.T) {
	base := thing{Name: "旧名", Phone: "0379-1", Tags: []string{"a", "b"}}
	tests := []struct {
		name          string
		before, after any
		want          []Change
	}{
		{"nothing", base, base, nil},
		{"nothing, by pointer", base, &base, nil},
		{"a name", base, thing{Name: "新名", Phone: "0379-1", Tags: []string{"a", "b"}}, []Change{{Field: "name", Before: ptr("旧名"), After: ptr("新名")}}},
		{"a sealed field", thing{Phone: "1"}, thing{Phone: "12"}, []Change{{Field: "phone", Before: ptr("sealed:phone:1"), After: ptr("sealed:phone:2"), Sealed: true}}},
		{"a sealed field that was empty", thing{}, thing{Phone: "12"}, []Change{{Field: "phone", Before: ptr(""), After: ptr("sealed:phone:2"), Sealed: true}}},
		{"an untagged field", thing{}, thing{Hidden: "x"}, nil},
		{"an embedded field", thing{}, thing{Base: Base{"甲"}}, []Change{{Field: "group", Before: ptr(""), After: ptr("甲")}}},
		{"numbers and flags", thing{}, thing{Count: 2, Big: 1 << 40, On: true}, []Change{{Field: "count", Before: ptr("0"), After: ptr("2")},
			{Field: "big", Before: ptr("0"), After: ptr("1099511627776")}, {Field: "on", Before: ptr("false"), After: ptr("true")}}},
		{"a date", thing{}, thing{Since: calendar.NewDate(2026, 3, 2)}, []Change{{Field: "since", Before: ptr(""), After: ptr("2026-03-02")}}},
		{"less than a second", thing{At: start}, thing{At: start.Add(time.Millisecond)}, []Change{{Field: "at", Before: ptr("2026-03-02T01:00:00Z"), After: ptr("2026-03-02T01:00:00.001Z")}}},
		{"the same instant elsewhere", thing{At: start}, thing{At: start.In(calendar.Zone)}, nil},
		{"a list", thing{Tags: []string{"a"}}, thing{Tags: []string{"a", "b"}}, []Change{{Field: "tags", Before: ptr("a"), After: ptr("a b")}}},
		{"a list whose words move", thing{Tags: []string{"a b"}}, thing{Tags: []string{"a", "b"}}, []Change{{Field: "tags", Before: ptr(`"a b"`), After: ptr("a b")}}},
		{"a list with an empty word", thing{}, thing{Tags: []string{""}}, []Change{{Field: "tags", Before: ptr(""), After: ptr(`""`)}}},
		{"what a pointer points to", thing{Opt: ptr("x")}, thing{Opt: ptr("x")}, nil},
		{"another value behind a pointer", thing{Opt: ptr("x")}, thing{}, []Change{{Field: "opt", Before: ptr("x"), After: ptr("")}}},
		{"new", nil, Base{"甲"}, []Change{{Field: "group", After: ptr("甲")}}},
		{"new and empty", nil, Base{}, nil},
		{"gone", Base{"甲"}, nil, []Change{{Field: "group", Before: ptr("甲")}}},
		{"gone, by a pointer that is nil", &Base{"甲"}, (*Base)(nil), []Change{{Field: "group", Before: ptr("甲")}}},
		{"new, by a pointer that was nil", (*Base)(nil), &Base{"甲"}, []Change{{Field: "group", After: ptr("甲")}}},
		{"neither", nil, nil, nil},
	}
	for _, tt := range tests {
		got, err := Diff(tt.before, tt.after, seal)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestAFailedSealIsNoChangeInTheClear(t *testing.T) {
	cause := errors.New("no key")
	got, err := Diff(thing{Phone: "1"}, thing{Phone: "2"}, func(string, string) (string, error) { return "", cause })
	if !errors.Is(err, cause) || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestADiffIsEmptyOnlyForWhatIsTheSame draws lists of words.
func TestADiffIsEmptyOnlyForWhatIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a "\\]{0,3}`), 0, 3)
		a, b := thing{Tags: words.Draw(t, "a")}, thing{Tags: words.Draw(t, "b")}
		got, err := Diff(a, b, seal)
		if err != nil {
			t.Fatal(err)
		}
		if same := len(a.Tags) == len(b.Tags) && (len(a.Tags) == 0 || cmp.Equal(a.Tags, b.Tags)); same != (len(got) == 0) {
			t.Fatalf("%q and %q: %v", a.Tags, b.Tags, got)
		}
	})
}
