package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
)

func TestKeysGiveTheSameAnswerForADay(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		keys, ctx := Keys(p.DB), t.Context()
		begin := func(actor, route, key, digest string) (string, string, string) {
			t.Helper()
			claim, answer, err := keys.Begin(ctx, actor, route, key, digest)
			if err == nil {
				return claim, string(answer), ""
			}
			return claim, string(answer), fault.CodeOf(err)
		}
		first, _, code := begin("a", "POST /x", "k", "d1")
		if first == "" || code != "" {
			t.Fatalf("first: claim %q, code %q", first, code)
		}
		if _, _, code = begin("a", "POST /x", "k", "d1"); code != "api.key_running" {
			t.Errorf("while the first is running: %q, want api.key_running", code)
		}
		if _, _, code = begin("a", "POST /x", "k", "d2"); code != "api.key_reused" {
			t.Errorf("another body while running: %q, want api.key_reused", code)
		}
		for _, other := range [][3]string{{"b", "POST /x", "k"}, {"a", "POST /y", "k"}, {"a", "POST /x", "l"}} {
			if claim, _, code := begin(other[0], other[1], other[2], "d1"); claim == "" || code != "" {
				t.Errorf("%v: claim %q, code %q, want a claim of its own", other, claim, code)
			}
		}
		if err := keys.Finish(ctx, first, []byte(`{"说":"好"}`)); err != nil {
			t.Fatal(err)
		}
		*p.clock = noon.Add(24*time.Hour - time.Second)
		if claim, answer, code := begin("a", "POST /x", "k", "d1"); claim != "" || answer != `{"说":"好"}` || code != "" {
			t.Errorf("again: claim %q, answer %q, code %q, want the kept answer", claim, answer, code)
		}
		if _, _, code := begin("a", "POST /x", "k", "d2"); code != "api.key_reused" {
			t.Errorf("another body afterwards: %q, want api.key_reused", code)
		}
		*p.clock = noon.Add(24 * time.Hour)
		if claim, answer, code := begin("a", "POST /x", "k", "d2"); claim == "" || answer != "" || code != "" {
			t.Errorf("a day later: claim %q, answer %q, code %q, want a fresh claim", claim, answer, code)
		}
	})
}

func TestKeysThatWereGivenUpAreFree(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		keys, ctx := Keys(p.DB), t.Context()
		claim, _, err := keys.Begin(ctx, "a", "r", "k", "d")
		if err != nil {
			t.Fatal(err)
		}
		if err := keys.Forget(ctx, claim); err != nil {
			t.Fatal(err)
		}
		again, _, err := keys.Begin(ctx, "a", "r", "k", "other")
		if err != nil || again == "" || again == claim {
			t.Errorf("after giving up: claim %q, %v, want a fresh one", again, err)
		}
		if err := keys.Finish(ctx, again, []byte("1")); err != nil {
			t.Fatal(err)
		}
		if err := keys.Forget(ctx, again); err != nil {
			t.Fatal(err)
		}
		if _, answer, err := keys.Begin(ctx, "a", "r", "k", "other"); err != nil || string(answer) != "1" {
			t.Errorf("an answer that was kept cannot be forgotten: %q, %v", answer, err)
		}
	})
}

func TestAnAbandonedClaimIsTakenOver(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		keys, ctx := Keys(p.DB), t.Context()
		first, _, err := keys.Begin(ctx, "a", "r", "k", "d")
		if err != nil {
			t.Fatal(err)
		}
		*p.clock = noon.Add(claimHeld)
		second, _, err := keys.Begin(ctx, "a", "r", "k", "d")
		if err != nil || second == "" || second == first {
			t.Fatalf("claim %q, %v, want another than %q", second, err, first)
		}
		if err := keys.Finish(ctx, first, []byte("late")); !errors.Is(err, fault.Conflict) {
			t.Errorf("finishing a claim that was taken over: %v, want a conflict", err)
		}
		if err := keys.Finish(ctx, second, []byte("good")); err != nil {
			t.Fatal(err)
		}
		if _, answer, err := keys.Begin(ctx, "a", "r", "k", "d"); err != nil || string(answer) != "good" {
			t.Errorf("answer %q, %v, want that of the one who took over", answer, err)
		}
	})
}

func TestOneOfManyAtOnceClaimsAKey(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		keys, ctx := Keys(p.DB), t.Context()
		for round := range 5 {
			var won, refused atomic.Int32
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					claim, _, err := keys.Begin(ctx, "a", "r", fmt.Sprint(round), "d")
					switch {
					case err == nil && claim != "":
						won.Add(1)
					case fault.CodeOf(err) == "api.key_running":
						refused.Add(1)
					default:
						t.Errorf("claim %q, %v", claim, err)
					}
				})
			}
			wg.Wait()
			if won.Load() != 1 || refused.Load() != 7 {
				t.Errorf("round %d: %d claims, %d refused, want 1 and 7", round, won.Load(), refused.Load())
			}
		}
	})
}
