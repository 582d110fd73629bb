package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/filing"
)

// act changes something and says so.
func act(t *testing.T, p place, by account.Actor, action, value string) {
	t.Helper()
	err := p.Update(t.Context(), func(tx *Tx) error {
		if err := (filingTx{tx}).ReplaceAgencies(t.Context(), []filing.Agency{{Name: value}}); err != nil {
			return err
		}
		return tx.Note(t.Context(), by, audit.Note{Action: action, Subject: audit.Subject{Kind: "expected"}, Cause: "试验",
			Changes: []audit.Change{{Field: "agencies", After: &value}}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, p place, anchors ...audit.Head) *audit.Break {
	t.Helper()
	broken, _, err := p.VerifyAudit(t.Context(), anchors...)
	if err != nil {
		t.Fatal(err)
	}
	return broken
}

func headOf(t *testing.T, p place) (h audit.Head, err error) {
	t.Helper()
	err = Records(p.DB).View(t.Context(), func(tx audit.Tx) error {
		h, err = tx.AuditHead(t.Context())
		return err
	})
	return h, err
}

func TestChangeWithoutAnEntryIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		err := Filing(p.DB).Update(t.Context(), func(tx filing.Tx) error {
			return tx.ReplaceAgencies(t.Context(), []filing.Agency{{Name: "甲局"}})
		})
		if !errors.Is(err, errUnrecorded) {
			t.Errorf("error %v, want errUnrecorded", err)
		}
		err = p.Update(t.Context(), func(tx *Tx) error {
			return tx.Note(t.Context(), account.Actor{}, audit.Note{Action: "a.b", Subject: audit.Subject{Kind: "a"}})
		})
		if err == nil {
			t.Error("nobody was taken for an actor")
		}
		update(t, p, func(ctx context.Context, tx filing.Tx) error {
			all, err := tx.Agencies(ctx)
			if len(all) != 0 {
				t.Errorf("kept %v without an entry", all)
			}
			return err
		})
	})
}

func TestEntriesAreChainedInOrderWhoeverWritesThem(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		const writers, each = 4, 10
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					act(t, p, account.Actor{Person: account.PersonID(fmt.Sprint("p", w)), Name: "张示例", Via: "session x"}, "expected.replace", fmt.Sprint(w, " ", i))
				}
			})
		}
		wg.Wait()
		broken, head, err := p.VerifyAudit(t.Context())
		if err != nil || broken != nil {
			t.Fatalf("broken at %+v, %v", broken, err)
		}
		// One entry is that of the first keys, the pair of which are two.
		if want := int64(writers*each + 2); head.Seq != want {
			t.Errorf("%d entries, want %d", head.Seq, want)
		}
	})
}

func TestRolledBackWorkLeavesNoEntry(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		before, err := headOf(t, p)
		if err != nil {
			t.Fatal(err)
		}
		boom := errors.New("boom")
		err = p.Update(t.Context(), func(tx *Tx) error {
			if err := tx.Note(t.Context(), tester, audit.Note{Action: "a.b", Subject: audit.Subject{Kind: "a"}}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		after, err := headOf(t, p)
		if err != nil || after.Seq != before.Seq {
			t.Errorf("head %d after %d, %v", after.Seq, before.Seq, err)
		}
	})
}

func TestRecordRefusesToBeChanged(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		act(t, p, tester, "expected.replace", "甲局")
		statements := []string{`UPDATE audit_entries SET cause = 'x'`, `DELETE FROM audit_entries`}
		if p.name == "postgres" {
			statements = append(statements, `TRUNCATE audit_entries`)
		}
		for _, stmt := range statements {
			if _, err := p.w.ExecContext(t.Context(), stmt); err == nil || !strings.Contains(err.Error(), "the record is never") {
				t.Errorf("%s: %v", stmt, err)
			}
		}
		if b := verify(t, p); b != nil {
			t.Errorf("%+v", b)
		}
	})
}

// unguarded takes away what keeps an honest program from changing the record, as somebody with the database file can.
func unguarded(t *testing.T, p place) {
	t.Helper()
	drop := []string{`DROP TRIGGER audit_no_update`, `DROP TRIGGER audit_no_delete`}
	if p.name == "postgres" {
		drop = []string{`DROP TRIGGER audit_no_update ON audit_entries`, `DROP TRIGGER audit_no_truncate ON audit_entries`}
	}
	for _, stmt := range drop {
		if _, err := p.w.ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEditedByteIsFoundWhereverItIs edits every column of every entry of a chain, one at a time, and asks each time which
// entry is named.
func TestEditedByteIsFoundWhereverItIs(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		for i := range 6 {
			act(t, p, account.Actor{Person: "p1", Name: "张示例", Via: "session x"}, "expected.replace", fmt.Sprint("局", i))
		}
		unguarded(t, p)
		head, err := headOf(t, p)
		if err != nil {
			t.Fatal(err)
		}
		text := []string{"actor", "actor_name", "via", "behalf", "action", "subject_kind", "subject_id", "agency_id", "cause", "changes",
			"alg", "prev", "hash"}
		for seq := int64(1); seq <= head.Seq; seq++ {
			edits := map[string]string{"at": `at = at + 1`}
			for _, c := range text {
				edits[c] = c + ` = ` + c + ` || 'x'`
			}
			for name, edit := range edits {
				err := p.Update(t.Context(), func(tx *Tx) error {
					saved, _, err := one(t.Context(), tx, scanEntry, `SELECT `+entryColumns+` FROM audit_entries WHERE seq = ?`, seq)
					if err != nil {
						return err
					}
					if _, err := tx.quiet(t.Context(), `UPDATE audit_entries SET `+edit+` WHERE seq = ?`, seq); err != nil {
						return err
					}
					var got *audit.Break
					v := audit.NewVerifier(crypt.NewHash)
					if err := each(t.Context(), tx, scanEntry, func(e audit.Entry) error { v.Next(e); return nil },
						`SELECT `+entryColumns+` FROM audit_entries ORDER BY seq`); err != nil {
						return err
					}
					got = v.Done(head)
					if got == nil || got.Seq != seq || got.Why == "" {
						t.Errorf("%s of entry %d edited: found %+v", name, seq, got)
					}
					_, err = tx.quiet(t.Context(), `UPDATE audit_entries SET at = ?, actor = ?, actor_name = ?, via = ?, behalf = ?, action = ?,
						subject_kind = ?, subject_id = ?, agency_id = ?, cause = ?, changes = ?, alg = ?, prev = ?, hash = ? WHERE seq = ?`,
						saved.At.UnixMilli(), saved.Actor, saved.Name, saved.Via, saved.For, saved.Action, saved.Subject.Kind, saved.Subject.ID,
						saved.Agency, saved.Cause, saved.Changes, saved.Alg, hex.EncodeToString(saved.Prev), hex.EncodeToString(saved.Hash), seq)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if b := verify(t, p); b != nil {
			t.Errorf("after everything was put back: %+v", b)
		}
	})
}

func TestMissingEntriesAreFound(t *testing.T) {
	for name, test := range map[string]struct {
		stmt string
		want func(head int64) int64
	}{
		"in the middle": {`DELETE FROM audit_entries WHERE seq = 4`, func(int64) int64 { return 4 }},
		"the first":     {`DELETE FROM audit_entries WHERE seq = 1`, func(int64) int64 { return 1 }},
		"the last":      {`DELETE FROM audit_entries WHERE seq = (SELECT MAX(seq) FROM audit_entries)`, func(h int64) int64 { return h }},
		"the last, and the head put back": {`DELETE FROM audit_entries WHERE seq = (SELECT MAX(seq) FROM audit_entries);
			UPDATE audit_head SET seq = (SELECT MAX(seq) FROM audit_entries),
			hash = (SELECT hash FROM audit_entries ORDER BY seq DESC LIMIT 1)`, func(h int64) int64 { return h }},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, p place) {
				for i := range 5 {
					act(t, p, tester, "expected.replace", fmt.Sprint("局", i))
				}
				head, err := headOf(t, p)
				if err != nil {
					t.Fatal(err)
				}
				unguarded(t, p)
				for stmt := range strings.SplitSeq(test.stmt, ";") {
					if _, err := p.w.ExecContext(t.Context(), stmt); err != nil {
						t.Fatal(err)
					}
				}
				// The last case holds in itself: only a head that was exported earlier shows it.
				if b := verify(t, p, head); b == nil || b.Seq != test.want(head.Seq) {
					t.Errorf("found %+v, want entry %d", b, test.want(head.Seq))
				}
			})
		})
	}
}

// TestChainWrittenAnewIsFoundByAnExportedHead rewrites the whole chain, so that it holds in itself.
func TestChainWrittenAnewIsFoundByAnExportedHead(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		for i := range 5 {
			act(t, p, tester, "expected.replace", fmt.Sprint("局", i))
		}
		anchor, err := headOf(t, p)
		if err != nil {
			t.Fatal(err)
		}
		act(t, p, tester, "expected.replace", "后来的")
		unguarded(t, p)
		err = p.Update(t.Context(), func(tx *Tx) error {
			all, err := list(t.Context(), tx, scanEntry, `SELECT `+entryColumns+` FROM audit_entries ORDER BY seq`)
			if err != nil {
				return err
			}
			if _, err := tx.quiet(t.Context(), `DELETE FROM audit_entries`); err != nil {
				return err
			}
			var prev []byte
			for i, e := range all {
				if i == 2 {
					e.Name = "别人"
				}
				fresh, err := crypt.NewHash(e.Alg)
				if err != nil {
					return err
				}
				e.Prev = prev
				e.Hash = e.Sum(fresh())
				prev = e.Hash
				if err := tx.insertEntry(t.Context(), e); err != nil {
					return err
				}
			}
			_, err = tx.quiet(t.Context(), `UPDATE audit_head SET hash = ?`, hex.EncodeToString(prev))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if b := verify(t, p); b != nil {
			t.Errorf("a chain written anew holds in itself, found %+v", b)
		}
		if b := verify(t, p, anchor); b == nil || b.Seq != anchor.Seq {
			t.Errorf("found %+v, want entry %d", b, anchor.Seq)
		}
	})
}

func TestChainOfTwoHashesHolds(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		act(t, p, tester, "expected.replace", "甲局")
		p.o.HashAlg = "sm3"
		p.DB.o.HashAlg = "sm3"
		act(t, p, tester, "expected.replace", "乙局")
		if b := verify(t, p); b != nil {
			t.Errorf("%+v", b)
		}
	})
}

func TestProtectedValuesOfTheRecordAreClosed(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		type person struct {
			Name  string `audit:"name"`
			Phone string `audit:"phone,sealed"`
		}
		err := p.Update(t.Context(), func(tx *Tx) error {
			changes, err := audit.Diff(person{"张示例", "0379-63000000"}, person{"张示例", "0379-63000001"}, tx.Seal)
			if err != nil {
				return err
			}
			return tx.Note(t.Context(), tester, audit.Note{Action: "person.amend", Subject: audit.Subject{Kind: "person", ID: "p1"}, Changes: changes})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = p.View(t.Context(), func(tx *Tx) error {
			e, ok, err := one(t.Context(), tx, scanEntry, `SELECT `+entryColumns+` FROM audit_entries WHERE action = 'person.amend'`)
			if err != nil || !ok {
				return errors.Join(err, errors.New("no entry"))
			}
			if strings.Contains(e.Changes, "63000000") || strings.Contains(e.Changes, "63000001") {
				t.Errorf("in the clear: %s", e.Changes)
			}
			changes, err := e.Fields()
			if err != nil || len(changes) != 1 || !changes[0].Sealed {
				t.Fatalf("changes %+v, %v", changes, err)
			}
			got, err := tx.OpenRecorded("phone", *changes[0].After)
			if err != nil || got != "0379-63000001" {
				t.Errorf("opened %q, %v", got, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkRecord prints what the record costs a change: a change with its entry beside the same change without one.
func BenchmarkRecord(b *testing.B) {
	for _, recorded := range []bool{false, true} {
		for _, alg := range []string{"sha256", "sm3"} {
			if !recorded && alg == "sm3" {
				continue
			}
			b.Run(fmt.Sprintf("recorded=%v/%s", recorded, alg), func(b *testing.B) {
				db, err := Open(b.Context(), Options{Dir: b.TempDir(), HashAlg: alg})
				if err != nil {
					b.Fatal(err)
				}
				defer db.Close()
				value := "甲局"
				for b.Loop() {
					err := db.Update(b.Context(), func(tx *Tx) error {
						if _, err := tx.quiet(b.Context(), `INSERT INTO batches (id, created_at) VALUES (?, ?)`, must(tx.NewID()), tx.now.UnixMilli()); err != nil {
							return err
						}
						if !recorded {
							return nil
						}
						return tx.Note(b.Context(), tester, audit.Note{Action: "batch.open", Subject: audit.Subject{Kind: "batch"},
							Changes: []audit.Change{{Field: "agencies", After: &value}}})
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
