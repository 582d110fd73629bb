package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/gongkai/gongkai/internal/fault"
)

// partSize is the size in bytes of the parts of a large upload. What fits in one is sent whole, under its final name.
const partSize = 8 << 20

// S3 keeps files in a bucket, under the same names as Folder does.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string
}

var _ Home = (*S3)(nil)

// OpenS3 opens a bucket, which has to exist, and clears what interrupted uploads have left. For the address see Open.
// Errors: fault.Usage for the address, fault.Incapable where the server does not answer or refuses.
func OpenS3(ctx context.Context, where string) (*S3, error) {
	p, err := parseS3(where)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(p.host, &p.options)
	if err != nil {
		return nil, badAddress("主机的名称不能用")
	}
	s := &S3{client: client, bucket: p.bucket, prefix: p.prefix}
	there, err := client.BucketExists(ctx, p.bucket)
	if err != nil {
		return nil, s3Error(err)
	}
	if !there {
		return nil, fault.New(fault.Incapable, "blob.s3_bucket", fmt.Sprintf("S3 文件存储里没有名为 %s 的存储桶，或者没有这把密钥；请先建好存储桶，并核对密钥", p.bucket))
	}
	return s, s.clear(ctx)
}

// clear removes what was begun under tmp and belongs to nobody any more.
func (s *S3) clear(ctx context.Context) error {
	tmp := s.prefix + "tmp/"
	for o := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: tmp, Recursive: true}) {
		if o.Err != nil {
			return s3Error(o.Err)
		}
		if time.Since(o.LastModified) < abandoned {
			continue
		}
		if err := s.remove(ctx, o.Key); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for u := range s.client.ListIncompleteUploads(ctx, s.bucket, tmp, true) {
		if u.Err != nil {
			return s3Error(u.Err)
		}
		if time.Since(u.Initiated) < abandoned {
			continue
		}
		if err := s.client.RemoveIncompleteUpload(ctx, s.bucket, u.Key); err != nil {
			return s3Error(err)
		}
	}
	return nil
}

func (s *S3) key(digest string) string { return s.prefix + digest[:2] + "/" + digest[2:] }

// Put sends what fits in one part whole, which the server keeps or does not. What is longer goes up in parts under another
// name and is copied to its own within the server once all of it is there.
func (s *S3) Put(ctx context.Context, r io.Reader, limit int64) (Info, error) {
	m := newMeter(ctx, r, limit)
	var start bytes.Buffer
	_, err := io.CopyN(&start, m, partSize)
	switch {
	case err == nil:
		err = s.putParts(ctx, m, &start)
	case errors.Is(err, io.EOF):
		err = s.putWhole(ctx, m.info(), start.Bytes())
	}
	if err != nil {
		return Info{}, s3Error(err)
	}
	return m.info(), nil
}

func (s *S3) putWhole(ctx context.Context, info Info, data []byte) error {
	there, err := s.same(ctx, info)
	if err != nil || there {
		return err
	}
	_, err = s.client.PutObject(ctx, s.bucket, s.key(info.Digest), bytes.NewReader(data), info.Size, plainObject())
	return s3Error(err)
}

func (s *S3) putParts(ctx context.Context, m *meter, start io.Reader) (err error) {
	tmp := s.prefix + "tmp/in-" + rand.Text()
	if _, err := s.client.PutObject(ctx, s.bucket, tmp, io.MultiReader(start, m), -1, plainObject()); err != nil {
		return err
	}
	defer func() {
		clean, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer stop()
		err = errors.Join(err, s.remove(clean, tmp))
	}()
	there, err := s.same(ctx, m.info())
	if err != nil || there {
		return err
	}
	_, err = s.client.ComposeObject(ctx, minio.CopyDestOptions{Bucket: s.bucket, Object: s.key(m.info().Digest)},
		minio.CopySrcOptions{Bucket: s.bucket, Object: tmp})
	return err
}

// plainObject gives no object a type that a browser would act on.
func plainObject() minio.PutObjectOptions {
	return minio.PutObjectOptions{ContentType: "application/octet-stream", PartSize: partSize}
}

// same reports whether a file is there already, with its size.
func (s *S3) same(ctx context.Context, info Info) (bool, error) {
	o, err := s.client.StatObject(ctx, s.bucket, s.key(info.Digest), minio.StatObjectOptions{})
	err = s3Error(err)
	if errors.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil && o.Size == info.Size, err
}

func (s *S3) remove(ctx context.Context, key string) error {
	err := s3Error(s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{}))
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// object reads an object, with errors for people.
type object struct{ *minio.Object }

// Read gives the next bytes.
func (o object) Read(p []byte) (int, error) {
	n, err := o.Object.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, s3Error(err)
}

func (s *S3) get(ctx context.Context, key string) (io.ReadSeekCloser, int64, error) {
	o, err := s.client.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, s3Error(err)
	}
	info, err := o.Stat()
	if err != nil {
		return nil, 0, errors.Join(s3Error(err), o.Close())
	}
	return object{o}, info.Size, nil
}

// Open opens the object with this digest.
func (s *S3) Open(ctx context.Context, digest string) (io.ReadSeekCloser, error) {
	if !isDigest(digest) {
		return nil, missing(nil)
	}
	r, _, err := s.get(ctx, s.key(digest))
	return r, err
}

// Stat tells what is known of the object. The type that the server has for it is not asked: copying tools guess it by name.
func (s *S3) Stat(ctx context.Context, digest string) (info Info, err error) {
	if !isDigest(digest) {
		return Info{}, missing(nil)
	}
	r, size, err := s.get(ctx, s.key(digest))
	if err != nil {
		return Info{}, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	start, err := head(r)
	if err != nil {
		return Info{}, err
	}
	return Info{Digest: digest, Size: size, Type: typeOf(start)}, nil
}

// Has reports whether there is an object with this digest.
func (s *S3) Has(ctx context.Context, digest string) (bool, error) {
	if !isDigest(digest) {
		return false, nil
	}
	_, err := s.client.StatObject(ctx, s.bucket, s.key(digest), minio.StatObjectOptions{})
	err = s3Error(err)
	if errors.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Delete removes the object.
func (s *S3) Delete(ctx context.Context, digest string) error {
	if !isDigest(digest) {
		return nil
	}
	return s.remove(ctx, s.key(digest))
}

// Each goes through the objects. What else lies in the bucket is passed over.
func (s *S3) Each(ctx context.Context, do func(Info) error) error {
	for o := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, Recursive: true}) {
		if o.Err != nil {
			return s3Error(o.Err)
		}
		first, rest, ok := strings.Cut(strings.TrimPrefix(o.Key, s.prefix), "/")
		if !ok || len(first) != 2 || !isDigest(first+rest) {
			continue
		}
		if err := do(Info{Digest: first + rest, Size: o.Size}); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return cancelled(err)
	}
	return nil
}

// Verify computes the digest of the object.
func (s *S3) Verify(ctx context.Context, digest string) error { return verify(ctx, s, digest) }

// Shelf returns the shelf with this name, a prefix beside the files.
func (s *S3) Shelf(name string) Shelf { return s3Shelf{s, s.prefix + name + "/"} }

type s3Shelf struct {
	in     *S3
	prefix string
}

// Keep sends the object under its name; the server has it when all of it has come.
func (s s3Shelf) Keep(ctx context.Context, name string, r io.Reader) error {
	_, err := s.in.client.PutObject(ctx, s.in.bucket, s.prefix+name, newMeter(ctx, r, 1<<62), -1, plainObject())
	return s3Error(err)
}

// Take opens the object under this name.
func (s s3Shelf) Take(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	r, _, err := s.in.get(ctx, s.prefix+name)
	return r, err
}

// Clear removes all objects below this name.
func (s s3Shelf) Clear(ctx context.Context, under string) error {
	for o := range s.in.client.ListObjectsIter(ctx, s.in.bucket, minio.ListObjectsOptions{Prefix: s.prefix + under + "/", Recursive: true}) {
		if o.Err != nil {
			return s3Error(o.Err)
		}
		if err := s.in.remove(ctx, o.Key); err != nil {
			return err
		}
	}
	return nil
}

// s3Error gives what the server said the words that a person can act on. None of them repeats an address or a key.
func s3Error(err error) error {
	err = explain(err)
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	said := minio.ToErrorResponse(err)
	var network net.Error
	switch {
	case said.Code == minio.NoSuchKey:
		return missing(err)
	case said.StatusCode == http.StatusInsufficientStorage || strings.Contains(said.Code, "QuotaExceeded") || strings.Contains(said.Code, "StorageFull"):
		return full(err)
	case said.Code == minio.NoSuchBucket || said.Code == "InvalidAccessKeyId" || // some servers say 404 with it
		said.StatusCode == http.StatusForbidden || said.StatusCode == http.StatusUnauthorized:
		return fault.Wrap(fault.Incapable, "blob.s3_denied", "S3 文件存储不让用：存储桶不在，或密钥不对、权限不够；请管理员核对地址和密钥", err)
	case errors.As(err, &network):
		return fault.Wrap(fault.Incapable, "blob.s3_unreachable", "S3 文件存储连不上；请管理员检查那台服务器和网络，稍后再试", err)
	}
	return fmt.Errorf("blob: s3: %w", err)
}
