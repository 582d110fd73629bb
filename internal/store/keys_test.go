package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
)

// withPhones keeps n people with protected fields, and an entry of the record with one.
func withPhones(t *testing.T, p place, n int) {
	t.Helper()
	err := p.Update(t.Context(), func(tx *Tx) error {
		for i := range n {
			id := account.PersonID(fmt.Sprint("person-", i))
			o := officeTx{tx}
			if err := o.SavePerson(t.Context(), account.Person{ID: id, Name: "张示例", Account: fmt.Sprint("p", i)}); err != nil {
				return err
			}
			if err := o.SaveContact(t.Context(), id, phone(i), ""); err != nil {
				return err
			}
		}
		sealed, err := tx.Seal("phone", phone(0))
		if err != nil {
			return err
		}
		return tx.Note(t.Context(), tester, audit.Note{Action: "person.create", Subject: audit.Subject{Kind: "person", ID: "person-0"},
			Changes: []audit.Change{{Field: "phone", After: &sealed, Sealed: true}}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func phone(i int) string { return fmt.Sprintf("0379-%08d", i) }

// phones opens the protected fields again, and says with how many keys they are sealed.
func phones(t *testing.T, p place, n int) (keys int) {
	t.Helper()
	with := map[string]bool{}
	err := p.View(t.Context(), func(tx *Tx) error {
		for i := range n {
			id := account.PersonID(fmt.Sprint("person-", i))
			got, err := (officeTx{tx}).OpenField(t.Context(), id, "phone")
			if err != nil || got != phone(i) {
				return errors.Join(err, fmt.Errorf("person %d has %q", i, got))
			}
			raw, err := tx.person(t.Context(), id)
			if err != nil {
				return err
			}
			if strings.Contains(raw.Phone, phone(i)) {
				t.Errorf("kept in the clear: %s", raw.Phone)
			}
			with[strings.Split(raw.Phone, ".")[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(with)
}

func TestNewKeySealsEveryFieldAgainAndOldEntriesStillOpen(t *testing.T) {
	const people = resealAtOnce + 30 // more than one transaction
	onBoth(t, func(t *testing.T, p place) {
		withPhones(t, p, people)
		old := p.Ring().Current()
		if err := p.RotateKey(t.Context(), tester); err != nil {
			t.Fatal(err)
		}
		if p.Ring().Current() == old {
			t.Fatal("the key is the old one")
		}
		if got := phones(t, p, people); got != 1 {
			t.Errorf("before sealing again: %d keys", got)
		}
		n, err := p.Reseal(t.Context(), tester)
		if err != nil || n != people {
			t.Errorf("sealed %d fields again, want %d; %v", n, people, err)
		}
		if n, err := p.Reseal(t.Context(), tester); err != nil || n != 0 {
			t.Errorf("a second time: %d, %v", n, err)
		}
		phones(t, p, people)
		err = p.View(t.Context(), func(tx *Tx) error {
			raw, err := tx.person(t.Context(), "person-7")
			if err == nil && !strings.HasPrefix(raw.Phone, "g1."+p.Ring().Current()+".") {
				t.Errorf("still sealed with another key: %.20s", raw.Phone)
			}
			if err != nil {
				return err
			}
			e, _, err := one(t.Context(), tx, scanEntry, `SELECT `+entryColumns+` FROM audit_entries WHERE action = 'person.create'`)
			if err != nil {
				return err
			}
			changes, err := e.Fields()
			if err != nil {
				return err
			}
			got, err := tx.OpenRecorded("phone", *changes[0].After)
			if err != nil || got != phone(0) {
				t.Errorf("the record: %q, %v", got, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if b := verify(t, p); b != nil {
			t.Errorf("the chain: %+v", b)
		}
	})
}

func TestAnotherMasterKeyOpensAfterRewrapOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		withPhones(t, p, 3)
		to := crypt.NewMaster()
		o := p.o
		o.Master = &to
		if db, err := Open(t.Context(), o); !errors.Is(err, fault.Incapable) {
			t.Errorf("a strange master key: %v", err)
			if err == nil {
				db.Close()
			}
		}
		if err := p.Rewrap(t.Context(), tester, to); err != nil {
			t.Fatal(err)
		}
		db, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		phones(t, place{DB: db, o: o}, 3)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestValueMovedToAnotherRowDoesNotOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		withPhones(t, p, 2)
		err := p.Update(t.Context(), func(tx *Tx) error {
			if _, err := tx.quiet(t.Context(), `UPDATE persons SET phone = (SELECT o.phone FROM persons o WHERE o.id = 'person-0') WHERE id = 'person-1'`); err != nil {
				return err
			}
			_, err := (officeTx{tx}).OpenField(t.Context(), "person-1", "phone")
			if fault.CodeOf(err) != "crypt.moved" {
				t.Errorf("a value of another row: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
