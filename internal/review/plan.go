// Package review is sign-off as one mechanism: whatever leaves the house is provided, reviewed and signed off by a chain of
// steps that an agency configures (谁提供，谁审核，谁负责). A signature binds to the digest of the content; a reviewer is never
// a provider; one item is one record (一事一审). Nothing here reads a clock or a database.
//
// Legal: 条例 第十七条; 保密法 第三十五条: content is reviewed before it is disclosed.
package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/legal"
)

// Kind is what kind of thing is signed off. Later kinds are added by the packages whose content they are.
type Kind string

// The kinds.
const (
	Publication Kind = "publication" // 主动公开 before it is published
	Reply       Kind = "reply"       // a reply to an applicant
	Report      Kind = "report"      // the annual report
)

// KindNames are what people call the kinds, in the order in which they are offered.
func KindNames() []agency.Named[Kind] {
	return []agency.Named[Kind]{{Value: Publication, Name: "主动公开"}, {Value: Reply, Name: "依申请答复"}, {Value: Report, Name: "年度报告"}}
}

// StepKind is what is done at a step; it decides which permission is asked for.
type StepKind string

// The kinds of step.
const (
	First   StepKind = "first"   // 初审
	Second  StepKind = "second"  // 复审
	Secrecy StepKind = "secrecy" // 保密审查
	Legal   StepKind = "legal"   // 法制审核
	Sign    StepKind = "sign"    // 签发
)

// StepKindNames are what people call the kinds of step, in the order in which they are offered.
func StepKindNames() []agency.Named[StepKind] {
	return []agency.Named[StepKind]{{Value: First, Name: "初审"}, {Value: Second, Name: "复审"}, {Value: Secrecy, Name: "保密审查"},
		{Value: Legal, Name: "法制审核"}, {Value: Sign, Name: "签发"}}
}

// Perm is the permission that a step asks for, "" for what is no kind of step.
func (k StepKind) Perm() account.Perm {
	switch k {
	case First:
		return account.FirstReview
	case Second:
		return account.SecondReview
	case Secrecy:
		return account.SecrecyReview
	case Legal:
		return account.LegalReview
	case Sign:
		return account.SignOff
	}
	return ""
}

// Basis is what asks for review before disclosure.
func Basis() []legal.Ref {
	return []legal.Ref{{Instrument: legal.Regulation, Article: "第十七条"}, {Instrument: legal.StateSecrets, Article: "第三十五条"}}
}

// Step is one decision that has to be made. Its key is its place: see Plan.Steps.
type Step struct {
	Kind StepKind `json:"kind"`
	Name string   `json:"name,omitempty"` // such as 物业股初审; "" for the name of the kind
	// Persons are the ones who may decide here, or who stands in for them; none for whoever holds the permission.
	Persons []account.PersonID `json:"persons,omitempty"`
	Days    int                `json:"days"` // working days until it is due; 0 for no due time
	// SkipFor are the kinds of item that this step is left out for. Signing is never left out.
	SkipFor []Kind `json:"skip_for,omitempty"`
}

// Label is what people call the step.
func (s Step) Label() string {
	if s.Name != "" {
		return s.Name
	}
	return agency.NameOf(StepKindNames(), s.Kind)
}

// Skips reports whether the step is left out for items of a kind.
func (s Step) Skips(k Kind) bool { return slices.Contains(s.SkipFor, k) }

// Stage is the steps that run side by side. The next stage begins when all of them are approved.
type Stage []Step

// Apart says at which steps of one round the same person may decide.
type Apart string

// How far persons are kept apart. Reviewer and provider are always kept apart, whatever this says.
const (
	ApartEnds Apart = "ends" // who reviews first does not sign; the default
	ApartEach Apart = "each" // every step is another person
	ApartNone Apart = "none" // one person may decide at every step
)

// ApartNames are what people call them.
func ApartNames() []agency.Named[Apart] {
	return []agency.Named[Apart]{{Value: ApartEnds, Name: "初审人不能签发（默认）"}, {Value: ApartEach, Name: "每个环节都要换人"}, {Value: ApartNone, Name: "不限制（提供人始终不能审查）"}}
}

// Plan is the chain of an agency. Versions do not change once written; an item keeps the one it began with.
type Plan struct {
	Agency  agency.ID `json:"agency"`
	Version int       `json:"version"` // from 1; 0 for the default plan
	Stages  []Stage   `json:"stages"`
	Apart   Apart     `json:"apart"`
	// SecrecyElsewhere says where and by which rule secrecy is reviewed when no step of the chain does it.
	SecrecyElsewhere string `json:"secrecy_elsewhere,omitempty"`
}

// StepKey names a step of a plan by its place: "2.1" is the first step of the second stage.
type StepKey string

// Placed is a step with its place.
type Placed struct {
	Key   StepKey
	Stage int // from 1
	Step
}

// Steps lists all steps in order.
func (p Plan) Steps() []Placed {
	var out []Placed
	for i, stage := range p.Stages {
		for j, s := range stage {
			out = append(out, Placed{StepKey(fmt.Sprintf("%d.%d", i+1, j+1)), i + 1, s})
		}
	}
	return out
}

// For lists the steps that an item of a kind goes through.
func (p Plan) For(k Kind) []Placed {
	return slices.DeleteFunc(p.Steps(), func(s Placed) bool { return s.Skips(k) })
}

// Step finds a step by its key.
func (p Plan) Step(key StepKey) (Placed, bool) {
	all := p.Steps()
	if i := slices.IndexFunc(all, func(s Placed) bool { return s.Key == key }); i >= 0 {
		return all[i], true
	}
	return Placed{}, false
}

// DefaultPlan is the chain of an agency that has configured none: first review within two working days; then second review,
// secrecy review and, for replies, legal review side by side within two; then signing within one. The times are a choice
// of this program: no rule sets them.
func DefaultPlan(a agency.ID) Plan {
	return Plan{Agency: a, Apart: ApartEnds, Stages: []Stage{
		{{Kind: First, Days: 2}},
		{{Kind: Second, Days: 2}, {Kind: Secrecy, Days: 2}, {Kind: Legal, Days: 2, SkipFor: []Kind{Publication, Report}}},
		{{Kind: Sign, Days: 1}},
	}}
}

// MaxSteps is how many steps a plan has at most.
const MaxSteps = 16

// Limits of a plan.
const (
	maxStages  = 6
	maxSteps   = 6 // of a stage
	maxPersons = 10
	maxDays    = 60
	maxLabel   = 20 // characters
)

func wrong(what, format string, args ...any) error {
	return fault.New(fault.Usage, "review.plan."+what, fmt.Sprintf(format, args...))
}

// Check returns what is wrong with a plan, as a fault.Usage whose code begins with "review.plan.", or nil: exactly one step
// signs, alone and last; a review that is never left out stands before it; secrecy is reviewed for every kind of item,
// unless the plan says where else.
//
// Legal: 条例 第十七条; 保密法 第三十五条.
func (p Plan) Check() error {
	if len(p.Stages) < 2 || len(p.Stages) > maxStages {
		return wrong("stages", "审查方案要有 2 到 %d 个阶段，最后一个是签发；现在是 %d 个", maxStages, len(p.Stages))
	}
	if n := len(p.Steps()); n > MaxSteps {
		return wrong("steps", "审查方案最多 %d 个环节，现在是 %d 个", MaxSteps, n)
	}
	names := map[string]bool{}
	for _, s := range p.Steps() {
		if err := s.check(); err != nil {
			return err
		}
		if names[s.Label()] {
			return wrong("name", "有两个环节都叫“%s”，请改成能分清的名称", s.Label())
		}
		names[s.Label()] = true
	}
	for i, stage := range p.Stages {
		if len(stage) == 0 || len(stage) > maxSteps {
			return wrong("stage", "第 %d 阶段要有 1 到 %d 个环节", i+1, maxSteps)
		}
		last := i == len(p.Stages)-1
		if signs := slices.ContainsFunc(stage, func(s Step) bool { return s.Kind == Sign }); signs != last || last && len(stage) != 1 {
			return wrong("sign", "签发只有一个，单独放在最后一个阶段；请检查第 %d 阶段", i+1)
		}
	}
	return p.checkReviews()
}

func (p Plan) checkReviews() error {
	has := func(f func(Placed) bool) bool { return slices.ContainsFunc(p.Steps(), f) }
	switch {
	case !has(func(s Placed) bool { return s.Kind != Sign && len(s.SkipFor) == 0 }):
		return wrong("review", "签发之前至少要有一个对所有事项都不省略的审查环节")
	case !has(func(s Placed) bool { return s.Kind == Secrecy && len(s.SkipFor) == 0 }) && strings.TrimSpace(p.SecrecyElsewhere) == "":
		return wrong("secrecy", "公开前必须保密审查（条例第十七条、保密法第三十五条）：请加上保密审查环节，或写明保密审查在哪里做、依据什么制度")
	case utf8.RuneCountInString(p.SecrecyElsewhere) > 200:
		return wrong("secrecy", "保密审查在哪里做的说明最多 200 个字")
	case agency.NameOf(ApartNames(), p.Apart) == string(p.Apart):
		return wrong("apart", "“%s”不是换人要求，请从列出的里面选", p.Apart)
	}
	return nil
}

func (s Step) check() error {
	switch {
	case s.Kind.Perm() == "":
		return wrong("kind", "“%s”不是环节类型，请从列出的里面选", s.Kind)
	case utf8.RuneCountInString(s.Name) > maxLabel || strings.TrimSpace(s.Name) != s.Name:
		return wrong("name", "环节名称最多 %d 个字，前后不留空格", maxLabel)
	case s.Days < 0 || s.Days > maxDays:
		return wrong("days", "“%s”的办理时间填了 %d，应在 0 到 %d 个工作日之间，0 表示不限", s.Label(), s.Days, maxDays)
	case len(s.Persons) > maxPersons:
		return wrong("persons", "“%s”最多指定 %d 个人", s.Label(), maxPersons)
	case s.Kind == Sign && len(s.SkipFor) > 0:
		return wrong("sign", "签发不能省略")
	}
	for i, person := range s.Persons {
		if person == "" || slices.Contains(s.Persons[:i], person) {
			return wrong("persons", "“%s”指定的人有空白或重复", s.Label())
		}
	}
	for _, k := range s.SkipFor {
		if k == "" {
			return wrong("skip", "“%s”省略的事项里有空白", s.Label())
		}
	}
	return nil
}

func (p Plan) clone() Plan {
	p.Stages = slices.Clone(p.Stages)
	for i, stage := range p.Stages {
		p.Stages[i] = slices.Clone(stage)
		for j, s := range stage {
			p.Stages[i][j].Persons, p.Stages[i][j].SkipFor = slices.Clone(s.Persons), slices.Clone(s.SkipFor)
		}
	}
	return p
}

// Text writes the plan in one line, for the record of changes: 1 初审（2 日） → 2 复审（2 日）＋保密审查（2 日） → ….
func (p Plan) Text() string {
	stages := make([]string, len(p.Stages))
	for i, stage := range p.Stages {
		steps := make([]string, len(stage))
		for j, s := range stage {
			steps[j] = s.text()
		}
		stages[i] = strings.Join(steps, "＋")
	}
	return strings.Join(stages, " → ")
}

func (s Step) text() string {
	parts := []string{}
	if s.Name != "" {
		parts = append(parts, agency.NameOf(StepKindNames(), s.Kind))
	}
	if s.Days > 0 {
		parts = append(parts, fmt.Sprintf("%d 个工作日", s.Days))
	}
	if len(s.Persons) > 0 {
		ids := make([]string, len(s.Persons))
		for i, id := range s.Persons {
			ids[i] = string(id)
		}
		parts = append(parts, "指定 "+strings.Join(ids, "、"))
	}
	for _, k := range s.SkipFor {
		parts = append(parts, agency.NameOf(KindNames(), k)+"不经")
	}
	if len(parts) == 0 {
		return s.Label()
	}
	return s.Label() + "（" + strings.Join(parts, "，") + "）"
}

// byDue orders steps that are open: what is due first, and what has no due time last.
func byDue(a, b Open) int {
	switch {
	case a.Due == b.Due:
		return cmp.Compare(a.Step, b.Step)
	case a.Due.IsZero() != b.Due.IsZero():
		if a.Due.IsZero() {
			return 1
		}
		return -1
	case a.Due.Before(b.Due):
		return -1
	}
	return 1
}
