//go:build s3

package blob_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/blob/blobtest"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
)

// The program named by GONGKAI_S3_SERVER is versitygw, which `make test-s3` builds. Nothing here is skipped without it: it fails.
const (
	s3Key    = "test-key"
	s3Secret = "test/secret+1"
)

// server is a real S3 server on a folder.
type server struct {
	address string
	folder  string
	client  *minio.Client
	process *os.Process
	buckets atomic.Int32
}

func newServer(t *testing.T) *server {
	t.Helper()
	program := os.Getenv("GONGKAI_S3_SERVER")
	if program == "" {
		t.Fatal("GONGKAI_S3_SERVER names no server: run make test-s3")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{address: listener.Addr().String(), folder: t.TempDir()}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--port", s.address, "--quiet", "posix", s.folder)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s3Key, "ROOT_SECRET_KEY="+s3Secret)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	s.process = cmd.Process
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-ended
		if t.Failed() {
			t.Logf("the server said:\n%s", log.String())
		}
	})
	s.client, err = minio.New(s.address, &minio.Options{Creds: credentials.NewStaticV4(s3Key, s3Secret, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	ready, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var c net.Conn
		if c, err = (&net.Dialer{}).DialContext(ready, "tcp", s.address); err == nil {
			c.Close()
			return s
		}
		select {
		case <-ready.Done():
			t.Fatalf("the server does not answer: %v\n%s", err, log.String())
		case err := <-ended:
			t.Fatalf("the server ended: %v\n%s", err, log.String())
		case <-tick.C:
		}
	}
}

// bucket makes a bucket and returns its address, with a prefix in it.
func (s *server) bucket(t *testing.T) (where, folder string) {
	t.Helper()
	name := fmt.Sprintf("files-%d", s.buckets.Add(1))
	if err := s.client.MakeBucket(t.Context(), name, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	return "s3://" + s3Key + ":test%2Fsecret%2B1@" + s.address + "/" + name + "/a/b?tls=0", filepath.Join(s.folder, name, "a", "b")
}

func openS3(t *testing.T, where string) *blob.S3 {
	t.Helper()
	s, err := blob.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	out, ok := s.(*blob.S3)
	if !ok {
		t.Fatalf("%T for %s", s, where)
	}
	return out
}

// files lists the objects below a folder of the server, and parts of uploads that were not finished.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var out []string
	for _, dir := range []string{filepath.Join(folder, "tmp"), filepath.Join(folder, "..", "..", ".sgwtmp", "multipart")} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err == nil && !d.IsDir() {
				out = append(out, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func s3Kit(srv *server, over func(t *testing.T, s *blob.S3) blob.Store, sealed bool) blobtest.Kit {
	dirs := map[blob.Store]string{}
	return blobtest.Kit{
		New: func(t *testing.T) blob.Store {
			where, dir := srv.bucket(t)
			s := over(t, openS3(t, where))
			dirs[s] = dir
			return s
		},
		Damage: func(t *testing.T, s blob.Store, d string) { flip(t, filepath.Join(dirs[s], d[:2], d[2:])) },
		Left:   func(t *testing.T, s blob.Store) []string { return files(t, dirs[s]) },
		Sealed: sealed,
	}
}

func TestS3(t *testing.T) {
	srv := newServer(t)
	t.Run("plain", func(t *testing.T) {
		blobtest.Run(t, s3Kit(srv, func(_ *testing.T, s *blob.S3) blob.Store { return s }, false))
	})
	t.Run("sealed", func(t *testing.T) {
		blobtest.Run(t, s3Kit(srv, func(t *testing.T, s *blob.S3) blob.Store { return blob.NewSealed(s, newRing(t, crypt.SM4GCM)) }, true))
	})
}

func TestKilledClientLeavesNoHalfObject(t *testing.T) {
	where, _ := newServer(t).bucket(t)
	blobtest.Kill(t, where)
}

func TestS3SaysWhatIsWrong(t *testing.T) {
	srv := newServer(t)
	where, _ := srv.bucket(t)
	for from, tt := range map[string]struct{ to, code string }{
		"%2B1@":    {"%2B2@", "blob.s3_denied"},
		"test-key": {"no-key", "blob.s3_bucket"}, // this server answers as for a bucket that is not there
		"files-":   {"none-", "blob.s3_bucket"},
	} {
		_, err := blob.Open(t.Context(), strings.Replace(where, from, tt.to, 1))
		if fault.CodeOf(err) != tt.code {
			t.Errorf("%s for %s: %v (%s), want %s", tt.to, from, err, fault.CodeOf(err), tt.code)
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", s3Key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3Secret)
	_, rest, _ := strings.Cut(where, "@")
	s := openS3(t, "s3://"+rest)
	info, err := s.Put(t.Context(), strings.NewReader("x"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.process.Kill(); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() error{
		"put":  func() error { _, err := s.Put(t.Context(), strings.NewReader("y"), 1); return err },
		"open": func() error { _, err := s.Open(t.Context(), info.Digest); return err },
		"has":  func() error { _, err := s.Has(t.Context(), info.Digest); return err },
	} {
		if err := try(); fault.CodeOf(err) != "blob.s3_unreachable" {
			t.Errorf("%s without the server: %v (%s)", name, err, fault.CodeOf(err))
		}
	}
}

// What was begun long ago is cleared when the store is opened; what is young is left alone.
func TestS3ClearsWhatWasAbandoned(t *testing.T) {
	srv := newServer(t)
	where, dir := srv.bucket(t)
	for _, name := range []string{"old", "young"} {
		key := "a/b/tmp/in-" + name
		if _, err := srv.client.PutObject(t.Context(), "files-1", key, strings.NewReader("half"), 4, minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "tmp", "in-old"), then, then); err != nil {
		t.Fatal(err)
	}
	openS3(t, where)
	left := files(t, dir)
	if len(left) != 1 || filepath.Base(left[0]) != "in-young" {
		t.Errorf("%q is left", left)
	}
}
