package review

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
)

func TestPlansThatDoNotHoldAreRefused(t *testing.T) {
	change := func(f func(*Plan)) Plan {
		p := DefaultPlan(office)
		f(&p)
		return p
	}
	tests := []struct {
		name string
		plan Plan
		code string // "" for a sound plan
	}{
		{"the default", DefaultPlan(office), ""},
		{"nothing", Plan{}, "review.plan.stages"},
		{"signing alone", Plan{Apart: ApartEnds, Stages: []Stage{{{Kind: Sign}}}}, "review.plan.stages"},
		{"nobody signs", change(func(p *Plan) { p.Stages[2][0].Kind = Second; p.Stages[2][0].Name = "再审" }), "review.plan.sign"},
		{"signing in the middle", change(func(p *Plan) { p.Stages[1][0] = Step{Kind: Sign, Name: "先签"} }), "review.plan.sign"},
		{"two sign", change(func(p *Plan) { p.Stages[2] = append(p.Stages[2], Step{Kind: Sign, Name: "会签"}) }), "review.plan.sign"},
		{"something beside signing", change(func(p *Plan) { p.Stages[2] = append(p.Stages[2], Step{Kind: Second, Name: "再审"}) }), "review.plan.sign"},
		{"signing left out", change(func(p *Plan) { p.Stages[2][0].SkipFor = []Kind{Reply} }), "review.plan.sign"},
		{"an empty stage", change(func(p *Plan) { p.Stages[0] = nil }), "review.plan.stage"},
		{"too many steps", change(func(p *Plan) {
			for i := range 3 {
				p.Stages = append([]Stage{{}}, p.Stages...)
				for j := range 5 {
					p.Stages[0] = append(p.Stages[0], Step{Kind: Second, Name: strings.Repeat("审", i*5+j+1)})
				}
			}
		}), "review.plan.steps"},
		{"no secrecy review", change(func(p *Plan) { p.Stages[1] = p.Stages[1][:1] }), "review.plan.secrecy"},
		{"secrecy left out for a kind", change(func(p *Plan) { p.Stages[1][1].SkipFor = []Kind{Report} }), "review.plan.secrecy"},
		{"secrecy elsewhere", change(func(p *Plan) {
			p.Stages[1] = p.Stages[1][:1]
			p.SecrecyElsewhere = "保密办线下审查，见本机关保密审查制度"
		}), ""},
		{"every review left out for something", change(func(p *Plan) {
			p.Stages = []Stage{{{Kind: First, SkipFor: []Kind{Report}}}, {{Kind: Sign}}}
			p.SecrecyElsewhere = "线下"
		}), "review.plan.review"},
		{"an unknown kind", change(func(p *Plan) { p.Stages[0][0].Kind = "third" }), "review.plan.kind"},
		{"two steps of one name", change(func(p *Plan) { p.Stages[1][0] = Step{Kind: First} }), "review.plan.name"},
		{"a name too long", change(func(p *Plan) { p.Stages[0][0].Name = strings.Repeat("审", 21) }), "review.plan.name"},
		{"negative days", change(func(p *Plan) { p.Stages[0][0].Days = -1 }), "review.plan.days"},
		{"too many days", change(func(p *Plan) { p.Stages[0][0].Days = 61 }), "review.plan.days"},
		{"a person twice", change(func(p *Plan) { p.Stages[0][0].Persons = []account.PersonID{"a", "a"} }), "review.plan.persons"},
		{"nobody named", change(func(p *Plan) { p.Stages[0][0].Persons = []account.PersonID{""} }), "review.plan.persons"},
		{"no rule for persons", change(func(p *Plan) { p.Apart = "" }), "review.plan.apart"},
	}
	for _, tt := range tests {
		err := tt.plan.Check()
		if tt.code == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		t.Run(tt.name, func(t *testing.T) { refused(t, err, tt.code, fault.Usage) })
	}
}

func TestLegalReviewIsForRepliesByDefault(t *testing.T) {
	keys := func(k Kind) (out []StepKey) {
		for _, s := range DefaultPlan(office).For(k) {
			out = append(out, s.Key)
		}
		return out
	}
	if diff := cmp.Diff([]StepKey{"1.1", "2.1", "2.2", "2.3", "3.1"}, keys(Reply)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]StepKey{"1.1", "2.1", "2.2", "3.1"}, keys(Publication)); diff != "" {
		t.Error(diff)
	}
}

func TestPlanIsOneLineInTheRecord(t *testing.T) {
	want := "初审（2 个工作日） → 复审（2 个工作日）＋保密审查（2 个工作日）＋法制审核（2 个工作日，主动公开不经，年度报告不经） → 签发（1 个工作日）"
	if got := DefaultPlan(office).Text(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestPersonsEnough compares the way in which steps are given out with trying everything.
func TestPersonsEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := soundPlan(t)
		steps := p.For(Publication)
		who := make([][]account.PersonID, len(steps))
		all := []account.PersonID{"a", "b", "c", "d"}
		for n := range steps {
			who[n] = rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 3, rapid.ID[account.PersonID]).Draw(t, "who")
		}
		var try func(given []account.PersonID) bool
		try = func(given []account.PersonID) bool {
			n := len(given)
			if n == len(steps) {
				return true
			}
			for _, person := range who[n] {
				free := true
				for m, other := range given {
					free = free && (other != person || !p.apart(steps[m].Kind, steps[n].Kind))
				}
				if free && try(append(given[:n:n], person)) {
					return true
				}
			}
			return false
		}
		if got, want := p.fits(steps, who), try(nil); got != want {
			t.Fatalf("fits %v, want %v: %s, %v, %v", got, want, p.Text(), p.Apart, who)
		}
	})
}

// soundPlan draws a plan that holds.
func soundPlan(t *rapid.T) Plan {
	p := Plan{Agency: office, Version: 1, Apart: rapid.SampledFrom([]Apart{ApartEnds, ApartEach, ApartNone}).Draw(t, "apart")}
	kinds := []StepKind{First, Second, Secrecy, Legal}
	n := 0
	for range rapid.IntRange(1, 3).Draw(t, "stages") {
		var stage Stage
		for range rapid.IntRange(1, 2).Draw(t, "steps") {
			n++
			s := Step{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Name: strings.Repeat("审", n), Days: rapid.IntRange(0, 3).Draw(t, "days")}
			if rapid.IntRange(0, 3).Draw(t, "skip") == 0 {
				s.SkipFor = []Kind{Reply}
			}
			stage = append(stage, s)
		}
		p.Stages = append(p.Stages, stage)
	}
	p.Stages = append(p.Stages, Stage{{Kind: Sign, Days: 1}})
	p.SecrecyElsewhere = "线下审查"
	if p.Check() != nil { // every review is left out for replies
		p.Stages[0][0].SkipFor = nil
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}
