package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// Field describes a field to be shown. What it holds and what is wrong with it come from the Form.
type Field struct {
	Name  string // name in the form; its id is "f-" and the name
	Label string
	Hint  string // one or two sentences under the label; may be empty
	// Optional marks the field with “选填”. Without it the field is announced as required.
	Optional bool
	Width    string // "1", "2", "3" for 8, 16 or 24 rem; "f" for the whole width; "" for 32 rem
	// Autocomplete is the token of HTML for what browsers may fill in, such as "username" or "tel"; "" switches it off.
	Autocomplete string
	Type         string // type of the input, such as "tel" or "email"; "" for "text"
	InputMode    string // keyboard on telephones, such as "numeric"; may be empty
	Rows         int    // rows of a TextArea; 0 for 4
	Accept       string // kinds of files of a FileField, such as ".pdf,.docx"; may be empty
	Multiple     bool   // a FileField takes several files
	Options      []Option
	Columns      int // columns of a RadioGroup in wide windows: 2, 3, or 1 for 0
}

func (d Field) id() string     { return "f-" + d.Name }
func (d Field) hintID() string { return d.id() + "-h" }
func (d Field) errID() string  { return d.id() + "-e" }

// option is the id of the nth option; the first one has the id of the field, so that the summary of errors leads to it.
func (d Field) option(n int) string {
	if n == 0 {
		return d.id()
	}
	return d.id() + "-" + strconv.Itoa(n+1)
}

func (d Field) describedBy(f *Form) string {
	by := ""
	if f.Error(d.Name) != "" {
		by = d.errID()
	}
	if d.Hint == "" {
		return by
	}
	if by != "" {
		by += " "
	}
	return by + d.hintID()
}

func (d Field) class(f *Form) string {
	if f.Error(d.Name) != "" {
		return "field field-err"
	}
	return "field"
}

func (d Field) input() string {
	if d.Width == "" {
		return "input"
	}
	return "input w-" + d.Width
}

func (d Field) opts() string {
	if d.Columns > 1 {
		return "opts opts-" + strconv.Itoa(min(d.Columns, 3))
	}
	return "opts"
}

func (d Field) complete() string {
	if d.Autocomplete == "" {
		return "off"
	}
	return d.Autocomplete
}

// attrs are the attributes that every control has, so that what is said about it is read with it.
func (d Field) attrs(f *Form) templ.Attributes {
	a := templ.Attributes{"aria-required": strconv.FormatBool(!d.Optional)}
	if by := d.describedBy(f); by != "" {
		a["aria-describedby"] = by
	}
	if f.Error(d.Name) != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

func (d Field) inputAttrs(f *Form) templ.Attributes {
	a := d.attrs(f)
	a["autocomplete"] = d.complete()
	if d.InputMode != "" {
		a["inputmode"] = d.InputMode
	}
	return a
}

func (d Field) inputType() string {
	if d.Type == "" {
		return "text"
	}
	return d.Type
}

// dateType keeps in sight what was typed and is no date; an input of type date would show nothing.
func (d Field) dateType(f *Form) string {
	v := f.Value(d.Name)
	if _, ok := parseDate(v); v != "" && (!ok || len(v) != len("2006-01-02")) {
		return "text"
	}
	return "date"
}

func (d Field) rows() string {
	if d.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(d.Rows)
}

// href leads to the field of an error.
func (e FieldError) href() string {
	if e.Field == "" {
		return ""
	}
	return "#f-" + e.Field
}

// Actions are the buttons at the end of a form.
type Actions struct {
	Text   string // the button that sends the form, beginning with a verb
	Name   string // name and value of the button, where a form has more than one; may be empty
	Value  string
	Danger bool // it takes something away
	Large  bool
	Back   Link // where to go without sending it; no link when empty
}

func (a Actions) class(base string) string {
	if a.Danger {
		base += " btn-x"
	}
	return a.sized(base)
}

func (a Actions) sized(base string) string {
	if a.Large {
		base += " btn-l"
	}
	return base
}

// Link is a link with its text.
type Link struct{ Href, Text string }

// FormSpec describes a form that is sent with POST.
type FormSpec struct {
	Action string
	Title  string // heading of the form, as <h2>; may be empty
	Upload bool   // it has files: send it as multipart/form-data
	Wide   bool   // as wide as the page; else 48 rem
}

func (s FormSpec) class() string {
	if s.Wide {
		return "card"
	}
	return "card narrow"
}
