// Package fault holds the error kinds of the house. An error that crosses a package boundary and that a person has to
// act on carries a kind (for machines), a stable code, and a message in Chinese that says where and what to do.
package fault

import "errors"

// Kind classifies an error by what the caller can do about it. A Kind is itself an error, so that
// errors.Is(err, fault.Unreadable) works on any Error of that kind.
type Kind string

// The kinds. Anything that carries none of them is an internal error.
const (
	Usage      Kind = "usage"      // the command or the form was filled in wrongly
	Unreadable Kind = "unreadable" // the input is damaged, encrypted, or of a kind that cannot be read
	TooLarge   Kind = "too_large"  // the input exceeds a limit that is a setting
	NotReport  Kind = "not_report" // the input was read, and is not an annual report
	NotFound   Kind = "not_found"  // what was named does not exist, or may not be seen
	Conflict   Kind = "conflict"   // it exists already, or changed in the meantime
	Incapable  Kind = "incapable"  // what is asked cannot be done with what is at hand (a font, a program)
	Cancelled  Kind = "cancelled"  // stopped by the caller or by a time limit
	Full       Kind = "full"       // there is no room left to keep it
	SignIn     Kind = "sign_in"    // nobody is signed in, or not in the way that is asked for
	TooMany    Kind = "too_many"   // asked too often; later it will do
)

// Error makes a Kind usable as the target of errors.Is.
func (k Kind) Error() string { return string(k) }

// Error is an error with a kind, a stable code such as "docx.encrypted", and a message for people.
type Error struct {
	Kind    Kind
	Code    string // stable, machine readable, lower case, "package.what"
	Message string // in Chinese: where, what, and what to do
	Err     error  // the cause, may be nil; never shown to the public
}

// New returns an Error of kind k.
func New(k Kind, code, message string) *Error { return &Error{Kind: k, Code: code, Message: message} }

// Wrap returns an Error of kind k with a cause.
func Wrap(k Kind, code, message string, cause error) *Error {
	return &Error{Kind: k, Code: code, Message: message, Err: cause}
}

// Error returns the message for people, without the cause.
func (e *Error) Error() string { return e.Message }

// Unwrap lets errors.Is find both the cause and the kind.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// CodeOf returns the stable code of err, or "internal" when it carries none.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "internal"
}

// Message returns what may be shown to a person: the message of the first Error in the chain, else a fixed text.
func Message(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "系统内部错误，请把这份文件和时间告诉管理员"
}
