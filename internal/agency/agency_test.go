package agency

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

var today = calendar.NewDate(2026, 3, 2)

// place is a version that holds from 2020 on.
func place(id, superior ID, k Kind, l Level) Version {
	return Version{Agency: id, Name: "示例" + string(id), Superior: superior, Kind: k, Level: l, From: calendar.NewDate(2020, 1, 1)}
}

// country is an invented tree with every kind in it.
func country() []Version {
	out := []Version{
		place("state", "", Government, Nation),
		place("ministry", "state", Department, Nation),
		place("ministry-branch", "ministry", Dispatched, Nation),
		place("ministry-body", "ministry", Authorised, Nation),
		place("customs", "state", Department, Nation),
		place("customs-port", "customs", Vertical, Prefecture),
		place("province", "state", Government, Province),
		place("bureau", "province", Department, Province),
		place("city", "province", Government, Prefecture),
		place("district", "city", Government, County),
		place("housing", "district", Department, County),
		place("housing-team", "housing", Dispatched, County),
		place("street", "district", Street, County),
		place("village", "street", Village, VillageLvl),
		place("town", "district", Government, Township),
		place("school", "housing", Utility, County),
	}
	return out
}

func tree(t *testing.T, versions []Version, sections ...Section) *Tree {
	t.Helper()
	tr, err := NewTree(today, versions, sections)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func ids(all []Agency) string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = string(a.Agency)
	}
	return strings.Join(out, " ")
}

func TestReconsiderationGoesWhereTheLawSays(t *testing.T) {
	tests := []struct {
		id             ID
		organ, article string
	}{
		{"state", "", ""},
		{"ministry", "示例ministry", "第二十五条"},
		{"ministry-branch", "示例ministry", "第二十五条"},
		{"ministry-body", "示例ministry", "第二十五条"},
		{"customs-port", "示例customs", "第二十七条"},
		{"province", "示例province", "第二十四条"},
		{"bureau", "示例province", "第二十四条"},
		{"city", "示例province", "第二十四条"},
		{"district", "示例city", "第二十四条"},
		{"housing", "示例district", "第二十四条"},
		{"housing-team", "示例district", "第二十四条"},
		{"street", "示例district", "第二十四条"},
		{"town", "示例district", "第二十四条"},
		{"village", "", ""},
		{"school", "", ""},
		{"nowhere", "", ""},
	}
	tr := tree(t, country())
	for _, tt := range tests {
		r := tr.Remedy(tt.id)
		if r.Organ != tt.organ || r.Legal.Article != tt.article {
			t.Errorf("%s goes to %q by %q, want %q by %q", tt.id, r.Organ, r.Legal.Article, tt.organ, tt.article)
		}
	}
}

func TestWhatIsWrittenGoesBeforeTheLaw(t *testing.T) {
	all := country()
	for i := range all {
		switch all[i].Agency {
		case "housing":
			all[i].Reconsideration = "示例另设复议机关"
		case "city":
			all[i].Court = "示例铁路运输法院"
		case "town":
			all[i].Court = "示例区人民法院"
		}
	}
	tr := tree(t, all)
	if r := tr.Remedy("housing"); r.Organ != "示例另设复议机关" || r.Legal.Instrument != nil || r.Court != "示例铁路运输法院" {
		t.Errorf("got %+v", r)
	}
	if r := tr.Remedy("town"); r.Court != "示例区人民法院" || r.Organ != "示例district" {
		t.Errorf("got %+v", r)
	}
	if r := tr.Remedy("province"); r.Court != "" {
		t.Errorf("a court below was taken: %+v", r)
	}
}

func TestATreeIsOfOneDay(t *testing.T) {
	old := place("bureau2", "province", Department, Province)
	old.To = today.AddDays(-1)
	next := place("bureau2", "city", Department, Prefecture)
	next.From = today
	later := place("future", "province", Department, Province)
	later.From = today.AddDays(1)
	tr := tree(t, append(country(), old, next, later),
		Section{ID: "s1", Agency: "housing", Name: "物业股", From: calendar.NewDate(2020, 1, 1)},
		Section{ID: "s2", Agency: "housing", Name: "旧股", From: calendar.NewDate(2020, 1, 1), To: today.AddDays(-1)},
		Section{ID: "s3", Agency: "housing", Name: "新股", From: today, To: today})
	if a, ok := tr.Get("bureau2"); !ok || a.Superior != "city" {
		t.Errorf("got %+v, %v", a, ok)
	}
	if _, ok := tr.Get("future"); ok {
		t.Error("an agency of tomorrow is there today")
	}
	if got := tr.Sections("housing"); len(got) != 2 || got[0].ID != "s1" || got[1].ID != "s3" {
		t.Errorf("sections %v", got)
	}
	if tr.On() != today || tr.Len() != len(country())+1 {
		t.Errorf("%s with %d agencies", tr.On(), tr.Len())
	}
}

func TestTreesThatDoNotHoldAreRefused(t *testing.T) {
	loop := func() []Version {
		all := country()
		for i := range all {
			if all[i].Agency == "city" {
				all[i].Superior = "housing"
			}
		}
		return all
	}
	deep := []Version{place("a0", "", Government, Nation)}
	for i := range MaxDepth {
		deep = append(deep, place(ID(fmt.Sprintf("a%d", i+1)), ID(fmt.Sprintf("a%d", i)), Department, Nation))
	}
	tests := []struct {
		name     string
		versions []Version
		names    string // in the message
	}{
		{"two versions on one day", append(country(), place("city", "province", Government, Prefecture)), "示例city"},
		{"a superior that is not there", append(country(), place("orphan", "gone", Department, County)), "示例orphan"},
		{"its own superior", append(country(), place("self", "self", Department, County)), "示例self"},
		{"its own superior over others", loop(), "上级"},
		{"too deep", deep, "16 层"},
	}
	for _, tt := range tests {
		_, err := NewTree(today, tt.versions, nil)
		if fault.CodeOf(err) != "agency.tree" || !strings.Contains(fault.Message(err), tt.names) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := NewTree(today, deep[:MaxDepth], nil); err != nil {
		t.Errorf("a tree of the greatest depth: %v", err)
	}
}

func TestWalksOfTheTree(t *testing.T) {
	all := country()
	for i := range all {
		if all[i].Agency == "town" {
			all[i].Position = -1
		}
	}
	tr := tree(t, all)
	tests := []struct{ name, got, want string }{
		{"below", ids(tr.Below("district")), "district town housing housing-team school street village"},
		{"children", ids(tr.Children("district")), "town housing street"},
		{"ancestors", ids(tr.Ancestors("village")), "street district city province state"},
		{"reporting", ids(tr.Reporting("district")), "district town housing housing-team street"},
		{"roots", ids(tr.Roots()), "state"},
		{"below what is not there", ids(tr.Below("nowhere")), ""},
		{"path", string(tr.Path("housing")), "/state/province/city/district/housing/"},
		{"no path", string(tr.Path("nowhere")), ""},
		{"full name", tr.FullName("city"), "示例state／示例province／示例city"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestAuthorityIsInherited(t *testing.T) {
	all := country()
	for i := range all {
		switch all[i].Agency {
		case "district":
			all[i].Authority = "housing"
		case "village":
			all[i].Authority = "street"
		}
	}
	tr := tree(t, all)
	for id, want := range map[ID]ID{"district": "housing", "town": "housing", "school": "housing", "village": "street", "city": "", "nowhere": ""} {
		if a, ok := tr.Authority(id); a.Agency != want || ok != (want != "") {
			t.Errorf("the authority of %s is %q (%v), want %q", id, a.Agency, ok, want)
		}
	}
}

// TestPathsTellWhoIsBelow draws trees and compares paths with the walk over superiors.
func TestPathsTellWhoIsBelow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 25).Draw(t, "agencies")
		versions := make([]Version, n)
		depth := make([]int, n)
		for i := range versions {
			versions[i] = place(ID(fmt.Sprintf("a%d", i)), "", Department, County)
			if up := rapid.IntRange(-1, i-1).Draw(t, "superior"); up >= 0 && depth[up]+1 < MaxDepth {
				versions[i].Superior, depth[i] = versions[up].Agency, depth[up]+1
			}
		}
		tr, err := NewTree(today, versions, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(tr.Below("")); got != n {
			t.Fatalf("the whole tree has %d agencies, want %d", got, n)
		}
		for _, a := range versions {
			below := map[ID]bool{}
			for _, b := range tr.Below(a.Agency) {
				below[b.Agency] = true
			}
			for _, b := range versions {
				up := b.Agency == a.Agency
				for _, x := range tr.Ancestors(b.Agency) {
					up = up || x.Agency == a.Agency
				}
				if within := tr.Path(b.Agency).Within(tr.Path(a.Agency)); within != up || below[b.Agency] != up {
					t.Fatalf("%s under %s: by path %v, by list %v, by superiors %v", b.Agency, a.Agency, within, below[b.Agency], up)
				}
			}
		}
	})
}

func TestNoPathIsNowhere(t *testing.T) {
	if Path("/a/").Within("") || Path("").Within("/a/") || Path("/ab/").Within("/a/") {
		t.Error("a path lies within what it does not lie in")
	}
}

func TestCreditCodes(t *testing.T) {
	tests := []struct {
		code string
		ok   bool
	}{
		{"", true},
		{"91350100M000100Y43", true}, // the example of GB 32100-2015
		{"91350100M000100Y44", false},
		{"91350100M000100Y4", false},
		{"91350100M000100Y433", false},
		{"91350100I000100Y43", false},
		{"91350100m000100y43", false},
		{"统一社会信用", false}, // 18 bytes
	}
	for _, tt := range tests {
		if err := CheckCode(tt.code); (err == nil) != tt.ok {
			t.Errorf("%q: %v, want right %v", tt.code, err, tt.ok)
		}
	}
}

// TestCheckDigitFindsOneWrongCharacter: the weights are powers of 3 modulo a prime, so any one wrong character shows.
func TestCheckDigitFindsOneWrongCharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b [18]byte
		sum, weight := 0, 1
		for i := range 17 {
			n := rapid.IntRange(0, 30).Draw(t, "digit")
			b[i] = codeDigits[n]
			sum, weight = sum+n*weight, weight*3%31
		}
		b[17] = codeDigits[(31-sum%31)%31]
		if err := CheckCode(string(b[:])); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		at := rapid.IntRange(0, 17).Draw(t, "at")
		other := codeDigits[rapid.IntRange(0, 30).Draw(t, "other")]
		if other == b[at] {
			return
		}
		b[at] = other
		if CheckCode(string(b[:])) == nil {
			t.Fatalf("%s is wrong at %d and was taken", b, at)
		}
	})
}

func TestFieldsOfAVersion(t *testing.T) {
	tests := []struct {
		name string
		harm func(*Version)
		code string
	}{
		{"whole", func(*Version) {}, "internal"},
		{"no name", func(v *Version) { v.Name = " " }, "agency.name"},
		{"a name too long", func(v *Version) { v.Name = strings.Repeat("名", 81) }, "agency.name"},
		{"a short name too long", func(v *Version) { v.Short = strings.Repeat("名", 31) }, "agency.short"},
		{"no kind", func(v *Version) { v.Kind = "" }, "agency.kind"},
		{"no level", func(v *Version) { v.Level = "galaxy" }, "agency.level"},
		{"no first day", func(v *Version) { v.From = calendar.Date{} }, "agency.from"},
		{"ends before it begins", func(v *Version) { v.To = v.From.AddDays(-1) }, "agency.to"},
		{"one day", func(v *Version) { v.To = v.From }, "internal"},
		{"its own superior", func(v *Version) { v.Superior = v.Agency }, "agency.superior"},
		{"a group too long", func(v *Version) { v.Group = strings.Repeat("组", 41) }, "agency.long"},
		{"a wrong code", func(v *Version) { v.Code = "1" }, "agency.code"},
	}
	for _, tt := range tests {
		v := place("a", "b", Department, County)
		tt.harm(&v)
		err := v.Check()
		if got := fault.CodeOf(err); (err == nil) != (tt.code == "internal") || err != nil && got != tt.code {
			t.Errorf("%s: %v (%s), want %s", tt.name, err, got, tt.code)
		}
	}
}

func TestNamesOfKindsAndLevels(t *testing.T) {
	if v, ok := ValueOf(KindNames(), "街道办事处（派出机关）"); !ok || v != Street {
		t.Errorf("got %q, %v", v, ok)
	}
	if v, ok := ValueOf(LevelNames(), "county"); !ok || v != County {
		t.Errorf("got %q, %v", v, ok)
	}
	if _, ok := ValueOf(LevelNames(), "某级"); ok {
		t.Error("an unknown level was found")
	}
	if diff := cmp.Diff([]string{"县级", "galaxy"}, []string{NameOf(LevelNames(), County), NameOf(LevelNames(), Level("galaxy"))}); diff != "" {
		t.Error(diff)
	}
}
