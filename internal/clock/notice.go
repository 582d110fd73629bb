package clock

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// ProposalID names a notice that the site has added, or that somebody wants to add.
type ProposalID string

// State is how far a notice of the site has come.
type State string

// The states.
const (
	Proposed State = "proposed" // waits for a second person
	InForce  State = "in_force" // deadlines are computed with it
	Rejected State = "rejected" // was not taken; final
)

// StateNames are what people call the states.
func StateNames() []agency.Named[State] {
	return []agency.Named[State]{{Value: Proposed, Name: "待审核"}, {Value: InForce, Name: "已生效"}, {Value: Rejected, Name: "未采用"}}
}

// Act is who did something, and when.
type Act struct {
	Person account.PersonID
	For    account.PersonID // on whose behalf, "" in one's own right
	Name   string           // of the person at the time
	At     time.Time
}

// persons are those who stand behind an act.
func (a Act) persons() []account.PersonID {
	return slices.DeleteFunc([]account.PersonID{a.Person, a.For}, func(p account.PersonID) bool { return p == "" })
}

// Proposal is a notice of the site with who entered and who checked it. The notice in it never changes.
type Proposal struct {
	ID       ProposalID
	Notice   calendar.Notice
	Digest   string // of the notice, as it was when it was entered
	State    State
	Proposed Act
	Reviewed Act    // zero while it waits
	Comment  string // of the reviewer
	Serial   int
}

// firstYear is the first that a notice can be about: before it nothing is computed here.
const firstYear = 2019

// checkNotice asks of a notice what can be asked before somebody compares it with the original.
func checkNotice(n calendar.Notice, today calendar.Date) error {
	bad := func(format string, args ...any) error {
		return fault.New(fault.Usage, "clock.notice", "放假通知："+fmt.Sprintf(format, args...))
	}
	if err := checkText("clock.notice", "通知的标题", n.Title, longestText); err != nil {
		return err
	}
	if err := checkText("clock.notice", "文号", n.Number, 40); err != nil {
		return err
	}
	if err := n.Check(); err != nil {
		return err
	}
	switch {
	case n.Issued.IsZero():
		return bad("没有成文日期，请填写")
	case n.Known.Before(n.Issued):
		return bad("公布日期 %s 早于成文日期 %s，请核对", n.Known, n.Issued)
	case n.Known.After(today):
		return bad("公布日期 %s 还没有到，公布以后再录入", n.Known)
	case len([]rune(n.Source)) > longestText:
		return bad("来源最多 %d 个字", longestText)
	}
	for _, y := range n.Years {
		if y < firstYear || y > n.Issued.Year()+2 {
			return bad("%d 年不像是 %s 的通知要安排的年份，请核对", y, n.Issued)
		}
	}
	for _, d := range n.Days {
		if y := d.Date.Year(); y < firstYear || y > n.Issued.Year()+2 {
			return bad("%s 不像是 %s 的通知要安排的日子，请核对年份", d.Date, n.Issued)
		}
	}
	return nil
}

// EncodeDays writes the days of a notice as they are kept: one line each, in order: date,kind,name.
func EncodeDays(n calendar.Notice) string {
	days := slices.Clone(n.Days)
	slices.SortFunc(days, func(a, b calendar.Named) int { return a.Date.DaysSince(b.Date) })
	var b strings.Builder
	for _, d := range days {
		fmt.Fprintf(&b, "%s,%s,%s\n", d.Date, d.Kind, d.Name)
	}
	return b.String()
}

// DecodeDays reads what EncodeDays wrote. Errors: those of calendar.ParseCSV.
func DecodeDays(s string) ([]calendar.Named, error) {
	return calendar.ParseCSV(strings.NewReader("date,type,name\n" + s))
}

// EncodeYears writes the years of a notice as they are kept: 2027 2028.
func EncodeYears(years []int) string {
	parts := make([]string, len(years))
	for i, y := range years {
		parts[i] = strconv.Itoa(y)
	}
	return strings.Join(parts, " ")
}

// DecodeYears reads years with blanks between them. Errors: fault.Usage "clock.years".
func DecodeYears(s string) ([]int, error) {
	var out []int
	for _, f := range strings.Fields(s) {
		y, err := strconv.Atoi(f)
		if err != nil || y < 1000 || y > 9999 {
			return nil, fault.New(fault.Usage, "clock.years", fmt.Sprintf("“%s”不是年份，请写成 2027 这样的四位数字", f))
		}
		if !slices.Contains(out, y) {
			out = append(out, y)
		}
	}
	return out, nil
}

// intact reports whether a notice of the site still is what two persons agreed on.
func (p Proposal) intact() error {
	if p.Notice.Digest() != p.Digest {
		return fmt.Errorf("clock: the notice %s is not what was entered: its digest is another", p.Notice.Number)
	}
	return nil
}

// behind are the persons who stand behind what an actor does with the right to manage settings: the actor alone in their
// own right, else the actor and everybody they stand in for.
func behind(by account.Actor) []account.PersonID {
	out := []account.PersonID{by.Person}
	for _, g := range by.Grants {
		if g.Perm != account.ManageSetting || g.Path == "" {
			continue
		}
		if g.For == "" {
			return []account.PersonID{by.Person}
		}
		if !slices.Contains(out, g.For) {
			out = append(out, g.For)
		}
	}
	return out
}

// act is what is kept of who did something now.
func act(by account.Actor, at time.Time) Act {
	a := Act{Person: by.Person, Name: by.Name, At: at}
	if who := behind(by); len(who) > 1 {
		a.For = who[1]
	}
	return a
}

type recordedNotice struct {
	Number string        `audit:"number"`
	Title  string        `audit:"title"`
	Issued calendar.Date `audit:"issued"`
	Known  calendar.Date `audit:"known"`
	Years  []int         `audit:"years"`
	Days   string        `audit:"days"`
	Source string        `audit:"source"`
	Digest string        `audit:"digest"`
	State  State         `audit:"state"`
	Note   string        `audit:"comment"`
}

func (p Proposal) recorded() recordedNotice {
	return recordedNotice{p.Notice.Number, p.Notice.Title, p.Notice.Issued, p.Notice.Known, p.Notice.Years, EncodeDays(p.Notice), p.Notice.Source,
		p.Digest, p.State, p.Comment}
}
