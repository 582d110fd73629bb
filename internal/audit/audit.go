// Package audit is the record that cannot be changed unseen: who changed what, why, from what to what, each entry chained
// to the one before it by its hash. It holds the form of an entry, the chain and its proof; the store keeps it.
package audit

import (
	"encoding/binary"
	"hash"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
)

// Change is one field before and after. A nil side was not there: Before of something new, After of something removed.
// Where Sealed is set the values are ciphertext of the same kind as the field itself.
type Change struct {
	Field  string  `json:"field"`
	Before *string `json:"before"`
	After  *string `json:"after"`
	Sealed bool    `json:"sealed,omitempty"`
}

// Subject is what an entry is about: a kind such as "agency" or "person", and its id.
type Subject struct {
	Kind string
	ID   string
}

// Note is what a use case says of a change; the store adds the rest.
type Note struct {
	Action  string    // stable, "kind.what": "agency.rename"
	Subject Subject   //
	Agency  agency.ID // whose it is, "" for what belongs to the whole site
	Cause   string    // why, in words of people or as the article; may be empty
	For     account.PersonID
	Changes []Change
}

// Entry is one link of the chain.
type Entry struct {
	Seq     int64 // from 1, without gaps
	At      time.Time
	Actor   account.PersonID // "" for the program itself
	Name    string           // of the actor at the time
	Via     string           // how they acted
	For     account.PersonID // on whose behalf, "" for their own right
	Action  string
	Subject Subject
	Agency  agency.ID
	Cause   string
	Changes string // the changes as JSON, as stored: what is hashed is what is kept
	Alg     string // of the hash: "sha256" or "sm3"
	Prev    []byte // the hash of the entry before, empty for the first
	Hash    []byte
}

// Sum computes the hash of an entry over every field but Hash itself. Fields are written with their lengths, so that no two
// different entries have the same bytes.
func (e Entry) Sum(h hash.Hash) []byte {
	w := writer{h}
	w.number(1) // version of this form
	w.number(e.Seq)
	w.number(e.At.UnixMilli())
	for _, s := range []string{string(e.Actor), e.Name, e.Via, string(e.For), e.Action, e.Subject.Kind, e.Subject.ID,
		string(e.Agency), e.Cause, e.Changes, e.Alg, string(e.Prev)} {
		w.text(s)
	}
	return h.Sum(nil)
}

type writer struct{ h hash.Hash }

func (w writer) number(n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	w.h.Write(b[:])
}

func (w writer) text(s string) {
	w.number(int64(len(s)))
	w.h.Write([]byte(s))
}

// Head is the last link of a chain. Exported and printed, it proves later that nothing before it was changed.
type Head struct {
	Seq  int64
	Hash []byte
	At   time.Time // when the last entry was written; zero for an empty chain
}
