package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// Color is the colour of a tag or a notice. It never says anything alone: words or a mark say it too.
type Color string

// The colours. Red is for what is late or wrong only, violet for third parties and days that do not count.
const (
	Plainly Color = ""
	Green   Color = "green"
	Amber   Color = "amber"
	Red     Color = "red"
	Blue    Color = "blue"
	Violet  Color = "violet"
)

func (c Color) class(base string) string {
	if c == Plainly {
		return base
	}
	return base + " " + base + "-" + string(c)
}

// icon is the mark that goes with the colour of a notice.
func (c Color) icon() string {
	switch c {
	case Green:
		return "ok"
	case Amber, Red:
		return "warn"
	default:
		return "info"
	}
}

// Def is a term with what it is: a Text, or Body for more than text. Action is a link beside it, such as “修改”.
type Def struct {
	Term   string
	Text   string
	Body   templ.Component
	Action Link
}

// Event is a step on a Timeline.
type Event struct {
	State string // "ok", "now", "todo", "v" for third parties; "" for one that only happened
	Title string
	When  string // as people read it
	Stamp string // for machines, as yyyy-mm-dd or RFC 3339; may be empty
	Who   string // who did it, and a note
}

// state says what the colour of the dot says.
func (e Event) state() string {
	switch e.State {
	case "now":
		return "（正在办）"
	case "todo":
		return "（还没有到）"
	default:
		return ""
	}
}

// Step is a station of a Chain: who answers for what, and when he did it.
type Step struct {
	State  string // "done", "now" or "todo"
	Role   string // such as “审核”
	Note   string // small print beside the role, such as “谁审核”
	Person string
	When   string
}

func (s Step) state() string {
	switch s.State {
	case "done":
		return "已完成"
	case "now":
		return "正在办"
	default:
		return "还没有到"
	}
}

// PlateData is what a Plate says: how much is left and the last day.
type PlateData struct {
	State string // "", "soon", "late" or "done"
	Kind  string // such as “还剩”, “已超过”, “用了”
	Left  string // the figure
	Unit  string // such as “个工作日”
	Label string // such as “最晚在这一天答复您”
	Date  string // such as “2026年10月10日”
	Note  string // after the date, such as “周六（调休上班日）”
	Stamp string // the date as yyyy-mm-dd
}

func (p PlateData) class() string {
	if p.State == "" {
		return "plate"
	}
	return "plate is-" + p.State
}

// ProofDay is a day in a Proof.
type ProofDay struct {
	// Class is "start", "we" (weekend), "hol" (holiday), "ex" (does not count), "today", "last", "off" (outside of the
	// count), or "" for a day that counts. A day may have two, as in "start today".
	Class string
	Day   string // such as “8” or “9月7”
	Mark  string // “休” or “班”; "" for none
	N     int    // which day of the count it is; 0 for a day that does not count
	Text  string // instead of the number, such as “中秋节”, “收到”, “扣除”, “—”
	Note  string // below it, such as “今天”, “最后一天”
}

// ProofData is how a last day was counted, week by week from Monday.
type ProofData struct {
	Caption string
	Small   bool // for narrow places
	Weeks   [][7]ProofDay
	Key     []ProofKey
}

// ProofKey says what a sign of a Proof means: "hol", "work", "ex" for days that do not count, or "" for no sign.
type ProofKey struct{ Sign, Text string }

func (p ProofData) class() string {
	if p.Small {
		return "proof proof-s"
	}
	return "proof"
}

// Change is a field of a record before and after.
type Change struct{ Field, Before, After string }

// ConfirmSpec is something that is to be thought about once more before it is done.
type ConfirmSpec struct {
	Title  string   // what is going to be done, as a question
	Effect []string // what will happen, one thing each
	Action string   // where the form is sent
	Reason *Field   // asks why; nil when nobody asks
	Button Actions
}

func (d ProofDay) class() string {
	out := ""
	for _, c := range strings.Fields(d.Class) {
		if out != "" {
			out += " "
		}
		if c == "off" {
			out += "off-range"
			continue
		}
		out += "is-" + c
	}
	return out
}
