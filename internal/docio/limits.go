package docio

import (
	"time"

	"github.com/gongkai/gongkai/internal/fault"
)

// Limits bound what reading one file may cost. The zero value of a field means its default.
type Limits struct {
	Bytes    int64         // size of the file; default 64 MiB
	Unpacked int64         // bytes that a compressed file may unpack to in all; default 256 MiB
	Ratio    int64         // how many times larger an entry may be than its packed form; default 200
	Cells    int           // rows × columns of one grid; default 200 000
	Text     int           // bytes of text in all; default 32 MiB
	Pages    int           // pages of a PDF; default 300
	Time     time.Duration // wall time of one file; default 30 s
}

// WithDefaults fills in the stated defaults.
func (l Limits) WithDefaults() Limits {
	set(&l.Bytes, 64<<20)
	set(&l.Unpacked, 256<<20)
	set(&l.Ratio, 200)
	set(&l.Cells, 200_000)
	set(&l.Text, 32<<20)
	set(&l.Pages, 300)
	set(&l.Time, 30*time.Second)
	return l
}

func set[T int | int64 | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// Errors that every reader uses, so that the same fault carries the same code whatever the file kind.

// ErrEncrypted says that the file is protected by a password or by rights management.
func ErrEncrypted(kind Kind) error {
	return fault.New(fault.Unreadable, "file.encrypted", string(kind)+" 文件有密码或权限保护，读不到内容；请去掉保护后另存一份再试")
}

// ErrTruncated says that the file ends early or is damaged.
func ErrTruncated(kind Kind, cause error) error {
	return fault.Wrap(fault.Unreadable, "file.truncated", string(kind)+" 文件不完整或已损坏；请重新下载或另存一份再试", cause)
}

// ErrTooLarge says which limit was exceeded.
func ErrTooLarge(what string) error {
	return fault.New(fault.TooLarge, "file.too_large", "文件超出限制："+what+"；确有需要请管理员调高限制")
}

// ErrBomb says that a compressed file unpacks to far more than its size.
func ErrBomb(entry string) error {
	return fault.New(fault.TooLarge, "file.zip_bomb", "压缩文件中的“"+entry+"”解开后异常膨胀，疑似恶意文件，已停止读取")
}

// ErrWrongKind says that the content is not what can be read here.
func ErrWrongKind(seen string) error {
	return fault.New(fault.Unreadable, "file.wrong_kind", "这是"+seen+"，不能读取；可读取 txt、md、html、docx、xlsx、pdf、csv、json")
}

// ErrScanned says that a PDF holds pictures of pages and no text.
func ErrScanned(pages int) error {
	return fault.New(fault.Unreadable, "pdf.scanned", "这是扫描件（页面只有图片，没有文字），不能直接读取；请用原始电子文件，或先做文字识别")
}

// ErrEmpty says that there is nothing in the file.
func ErrEmpty() error { return fault.New(fault.Unreadable, "file.empty", "文件是空的") }
