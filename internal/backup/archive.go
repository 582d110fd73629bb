package backup

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
)

// Archive is a backup that is open for reading. Nothing of it is believed: names, sizes and digests are compared with each
// other, and every reader has a limit.
type Archive struct {
	Manifest Manifest
	file     *os.File
	members  map[string]*zip.File
	order    []*zip.File       // all but the list of digests
	sums     map[string]string // digest by name
}

// Open opens a backup and reads what it says of itself. Every byte of the file is read once, and compared with the digest at
// its end. Errors: fault.NotFound without the file, fault.Unreadable for anything that is not as Write leaves it,
// fault.Incapable for a later form of the file.
func Open(ctx context.Context, path string, say Progress) (a *Archive, err error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.Wrap(fault.NotFound, "backup.missing", "找不到备份文件“"+path+"”；请检查路径", err)
	}
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	a = &Archive{file: f}
	if err := a.open(ctx, say); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return a, nil
}

// Close closes the file.
func (a *Archive) Close() error { return a.file.Close() }

func (a *Archive) open(ctx context.Context, say Progress) error {
	info, err := a.file.Stat()
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	want, err := declared(a.file, info.Size())
	if err != nil {
		return err
	}
	say.say("核对备份文件：%d MB", info.Size()>>20)
	h := sha256.New()
	if _, err := io.Copy(h, &patient{ctx, io.NewSectionReader(a.file, 0, info.Size()-sumSize)}); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if hexOf(h.Sum(nil)) != want {
		return damaged("digest", "内容与文件末尾的校验值不符", nil)
	}
	z, err := zip.NewReader(a.file, info.Size())
	if err != nil {
		return damaged("zip", "压缩包的目录读不出来", err)
	}
	if err := a.list(z); err != nil {
		return err
	}
	if err := a.readManifest(); err != nil {
		return err
	}
	return a.complete()
}

// declared returns the digest at the end of a backup.
func declared(f io.ReaderAt, size int64) (string, error) {
	end := make([]byte, len(mark)+sumSize)
	if size < int64(len(end)) {
		return "", damaged("end", "文件太短，可能没有传完", nil)
	}
	if _, err := f.ReadAt(end, size-int64(len(end))); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	d := string(end[len(mark):])
	if !bytes.HasPrefix(end, []byte(mark)) || !digestNames.MatchString(d) {
		return "", damaged("end", "文件末尾没有校验值，可能被截断，或不是 gongkai 的备份", nil)
	}
	return d, nil
}

// list holds the members to the list of digests: the same names, in the same order, none twice, none overlapping.
func (a *Archive) list(z *zip.Reader) error {
	n := len(z.File)
	if n < 2 || z.File[n-1].Name != sumsName || z.File[n-2].Name != manifestName {
		return damaged("members", "没有清单", nil)
	}
	text, err := read(z.File[n-1], int64(n)*512)
	if err != nil {
		return err
	}
	body, ok := bytes.CutSuffix(text, []byte("\n"))
	at := bytes.LastIndexByte(body, '\n') + 1
	if !ok || string(body[at:]) != "# "+hexOf(sum(text[:at])) {
		return damaged("sums", "校验值的清单与它自己的校验值不符", nil)
	}
	a.members, a.sums = make(map[string]*zip.File, n), make(map[string]string, n)
	lines := strings.Split(string(text[:at]), "\n")
	lines = lines[:len(lines)-1]
	if len(lines) != n-1 {
		return damaged("members", fmt.Sprintf("应有 %d 个成员，实有 %d 个", len(lines)+1, n), nil)
	}
	end := int64(0)
	for i, f := range z.File {
		start, err := f.DataOffset()
		if err != nil || start < end {
			return damaged("zip", "压缩包的成员互相重叠或读不出来", err)
		}
		end = start + int64(f.CompressedSize64)
		if i == n-1 {
			break
		}
		digest, name, ok := strings.Cut(lines[i], "  ")
		if _, twice := a.members[name]; !ok || twice || name != f.Name || !digestNames.MatchString(digest) {
			return damaged("members", "成员“"+f.Name+"”与清单不符", nil)
		}
		a.members[name], a.sums[name], a.order = f, digest, append(a.order, f)
	}
	return nil
}

func (a *Archive) readManifest() error {
	text, err := read(a.members[manifestName], maxManifest)
	if err != nil {
		return err
	}
	if hexOf(sum(text)) != a.sums[manifestName] {
		return damaged("sums", manifestName+"与校验值不符", nil)
	}
	m := &a.Manifest
	if err := json.Unmarshal(text, m); err != nil {
		return damaged("manifest", "清单读不懂", err)
	}
	if m.Format != Format {
		return fault.New(fault.Incapable, "backup.format", fmt.Sprintf("备份的格式是 %.40q，本程序只认识 %s；请用更新的 gongkai 恢复", m.Format, Format))
	}
	if !slices.IsSortedFunc(m.Tables, func(a, b Table) int { return strings.Compare(a.Name, b.Name) }) {
		return damaged("manifest", "清单里的表没有按名称排列", nil)
	}
	for _, t := range m.Tables {
		if !tableNames.MatchString(t.Name) || t.Rows < 0 || t.Parts < 0 || int64(t.Parts) > t.Rows || (t.Parts == 0) != (t.Rows == 0) {
			return damaged("manifest", "清单里的表“"+t.Name+"”不对", nil)
		}
		for _, c := range t.Columns {
			if !tableNames.MatchString(c.Name) || c.Type != "text" && c.Type != "integer" {
				return damaged("manifest", "清单里的列“"+t.Name+"."+c.Name+"”不对", nil)
			}
		}
	}
	return nil
}

// complete asks that the members are those which the manifest speaks of, no other, within their limits.
func (a *Archive) complete() error {
	left := len(a.members) - 1
	var bytes int64
	for _, t := range a.Manifest.Tables {
		for p := range t.Parts {
			f := a.members[partName(t.Name, p+1)]
			if f == nil {
				return damaged("members", "缺少"+partName(t.Name, p+1), nil)
			}
			if f.UncompressedSize64 > partSize+maxLine {
				return damaged("size", f.Name+"过大", nil)
			}
			left--
		}
	}
	if left != a.Manifest.Files.Count {
		return damaged("members", fmt.Sprintf("文件应有 %d 个，实有 %d 个", a.Manifest.Files.Count, left), nil)
	}
	for name, f := range a.members {
		if digest, ok := digestOf(name); ok {
			if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 || f.UncompressedSize64 > 1<<62 {
				return damaged("size", name+"的大小不对", nil)
			}
			if a.sums[name] != digest && !slices.Contains(a.Manifest.Files.Damaged, digest) {
				return damaged("sums", name+"的内容不是它的名称所说的", nil)
			}
			bytes += int64(f.UncompressedSize64)
			left--
		}
	}
	if left != 0 || bytes != a.Manifest.Files.Bytes {
		return damaged("members", "有清单里没有的成员", nil)
	}
	return nil
}

// digestOf returns the digest that the name of a member with a file stands for.
func digestOf(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, "files/")
	digest := strings.Replace(rest, "/", "", 1)
	return digest, ok && digestNames.MatchString(digest) && name == fileName(digest)
}

// read reads a small member whole.
func read(f *zip.File, limit int64) ([]byte, error) {
	r, err := unpack(f, limit)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, damaged("member", f.Name+"读不出来", err)
	}
	return data, nil
}

// unpack opens a member that says it has at most limit bytes, and packs no better than Write lets it. The reader gives no
// more than the member says, and fails where it is not what its checksum says.
func unpack(f *zip.File, limit int64) (io.ReadCloser, error) {
	size, packed := f.UncompressedSize64, f.CompressedSize64
	switch {
	case f.Method != zip.Store && f.Method != zip.Deflate, f.Flags&1 != 0:
		return nil, damaged("member", f.Name+"的压缩方法不对", nil)
	case size > uint64(limit), f.Method == zip.Deflate && size/maxRatio > packed:
		return nil, damaged("size", f.Name+"解开后过大", nil)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged("member", f.Name+"读不出来", err)
	}
	return r, nil
}

// Verify goes through everything: each member against its digest, each row against the columns of its table, the counts.
func (a *Archive) Verify(ctx context.Context, say Progress) error {
	for i := range a.Manifest.Tables {
		if err := a.EachRow(ctx, i, func([]any) error { return nil }); err != nil {
			return err
		}
		if t := a.Manifest.Tables[i]; t.Rows > 0 {
			say.say("核对表 %s：%d 行", t.Name, t.Rows)
		}
	}
	n := 0
	for _, f := range a.order {
		if _, ok := digestOf(f.Name); !ok {
			continue
		}
		if err := a.whole(ctx, f); err != nil {
			return err
		}
		if n++; n%1000 == 0 {
			say.say("核对文件：%d / %d", n, a.Manifest.Files.Count)
		}
	}
	say.say("核对文件：%d 个", n)
	return nil
}

// whole compares a member with its digest.
func (a *Archive) whole(ctx context.Context, f *zip.File) error {
	r, err := unpack(f, 1<<62)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(h, &patient{ctx, r})
	if err = errors.Join(err, r.Close()); err != nil {
		return member(ctx, f.Name, err)
	}
	if hexOf(h.Sum(nil)) != a.sums[f.Name] {
		return damaged("sums", f.Name+"与校验值不符", nil)
	}
	return nil
}

func member(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return damaged("member", name+"读不出来", err)
}

// EachRow gives the rows of the table with this index in the manifest. The slice is used again for the next row.
func (a *Archive) EachRow(ctx context.Context, table int, give func([]any) error) error {
	t := a.Manifest.Tables[table]
	var rows int64
	values := make([]any, len(t.Columns))
	for p := range t.Parts {
		n, err := a.part(ctx, t, p+1, values, give)
		if err != nil {
			return err
		}
		rows += n
	}
	if rows != t.Rows {
		return damaged("rows", fmt.Sprintf("表 %s 应有 %d 行，实有 %d 行", t.Name, t.Rows, rows), nil)
	}
	return nil
}

func (a *Archive) part(ctx context.Context, t Table, no int, values []any, give func([]any) error) (rows int64, err error) {
	f := a.members[partName(t.Name, no)]
	r, err := unpack(f, partSize+maxLine)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	h := sha256.New()
	lines := bufio.NewScanner(io.TeeReader(&patient{ctx, r}, h))
	lines.Buffer(nil, maxLine+1)
	for lines.Scan() {
		rows++
		if err := parseRow(lines.Bytes(), t.Columns, values); err != nil {
			return rows, damaged("row", fmt.Sprintf("%s 第 %d 行读不懂", f.Name, rows), err)
		}
		if err := give(values); err != nil {
			return rows, err
		}
	}
	if err := lines.Err(); err != nil {
		return rows, member(ctx, f.Name, err)
	}
	if hexOf(h.Sum(nil)) != a.sums[f.Name] {
		return rows, damaged("sums", f.Name+"与校验值不符", nil)
	}
	return rows, nil
}

// EachFile gives every file that is whole, in the order of their digests.
func (a *Archive) EachFile(give func(digest string, size int64, r io.Reader) error) error {
	for _, f := range a.order {
		digest, ok := digestOf(f.Name)
		if !ok || a.sums[f.Name] != digest {
			continue
		}
		r, err := unpack(f, 1<<62)
		if err != nil {
			return err
		}
		if err := errors.Join(give(digest, int64(f.UncompressedSize64), r), r.Close()); err != nil {
			return err
		}
	}
	return nil
}

// patient ends when its context does.
type patient struct {
	ctx context.Context //nolint:containedctx // it lives as long as one call
	r   io.Reader
}

// Read reads on, unless the context has ended.
func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
