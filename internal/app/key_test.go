package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/fault"
)

// TestLostMasterKeyIsSaidAndNoneIsPutInItsPlace: data whose key is gone are not opened with a new one, and no new one lies
// where the old one is looked for.
func TestLostMasterKeyIsSaidAndNoneIsPutInItsPlace(t *testing.T) {
	o := app.DefaultOptions()
	o.Config.Data = t.TempDir()
	key := filepath.Join(o.Config.Data, "master.key")
	opened := func() error {
		s, err := app.Open(t.Context(), o)
		if err != nil {
			return err
		}
		return s.Close()
	}
	if err := opened(); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if err := opened(); fault.CodeOf(err) != "serve.key" || !strings.Contains(fault.Message(err), "放回去") {
		t.Errorf("without the key: %v", err)
	}
	if _, err := os.Stat(key); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a key that opens nothing was left: %v", err)
	}
	if err := os.WriteFile(key, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := opened(); err != nil {
		t.Errorf("with the key back in its place: %v", err)
	}
}
