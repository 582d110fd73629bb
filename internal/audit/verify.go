package audit

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
)

// Verifier goes along a chain from its first entry and finds the first broken link.
type Verifier struct {
	hashes func(alg string) (func() hash.Hash, error)
	head   Head
	broken *Break
	anchor map[int64][]string // hashes that were exported earlier, by sequence number: several where the chain was rewritten in between
}

// Break is the first place at which a chain does not hold.
type Break struct {
	Seq  int64  // the entry that was looked at, or that should have been there
	Why  string // in Chinese
	Want string // hexadecimal, where a hash was compared
	Got  string
}

// NewVerifier returns a verifier. hashes gives the hash of a name; anchors are heads exported earlier, which the chain has
// to pass through: they show a chain that was rewritten as a whole.
func NewVerifier(hashes func(alg string) (func() hash.Hash, error), anchors ...Head) *Verifier {
	v := &Verifier{hashes: hashes, anchor: map[int64][]string{}}
	for _, a := range anchors {
		v.anchor[a.Seq] = append(v.anchor[a.Seq], hex.EncodeToString(a.Hash))
	}
	return v
}

// Next looks at the next entry, in the order of sequence numbers; it returns false once the chain is broken.
func (v *Verifier) Next(e Entry) bool {
	if v.broken != nil {
		return false
	}
	v.broken = v.look(e)
	v.head = Head{Seq: e.Seq, Hash: e.Hash, At: e.At}
	return v.broken == nil
}

func (v *Verifier) look(e Entry) *Break {
	want := v.head.Seq + 1
	if e.Seq != want {
		return &Break{Seq: want, Why: fmt.Sprintf("第 %d 条不见了，接着的是第 %d 条", want, e.Seq)}
	}
	if !bytes.Equal(e.Prev, v.head.Hash) {
		return &Break{Seq: e.Seq, Why: "它记着的上一条哈希与上一条不符", Want: hex.EncodeToString(v.head.Hash), Got: hex.EncodeToString(e.Prev)}
	}
	fresh, err := v.hashes(e.Alg)
	if err != nil {
		return &Break{Seq: e.Seq, Why: "哈希算法“" + e.Alg + "”不认识，算法名可能被改过"}
	}
	if sum := e.Sum(fresh()); !bytes.Equal(sum, e.Hash) {
		return &Break{Seq: e.Seq, Why: "内容与它的哈希不符，内容或哈希被改过", Want: hex.EncodeToString(sum), Got: hex.EncodeToString(e.Hash)}
	}
	for _, anchored := range v.anchor[e.Seq] {
		if anchored != hex.EncodeToString(e.Hash) {
			return &Break{Seq: e.Seq, Why: "与以前导出的链头不符，这条以前的记录被整体改写过", Want: anchored, Got: hex.EncodeToString(e.Hash)}
		}
	}
	return nil
}

// Done compares the end of the chain with its head as it is kept apart, and with the anchors. It returns where the chain
// breaks, nil when it holds.
func (v *Verifier) Done(kept Head) *Break {
	if v.broken != nil {
		return v.broken
	}
	if kept.Seq != v.head.Seq {
		return &Break{Seq: min(kept.Seq, v.head.Seq) + 1, Why: fmt.Sprintf("链上有 %d 条，链头记着 %d 条，末尾的记录被删去或加进", v.head.Seq, kept.Seq)}
	}
	if !bytes.Equal(kept.Hash, v.head.Hash) {
		return &Break{Seq: kept.Seq, Why: "链头与最后一条的哈希不符", Want: hex.EncodeToString(v.head.Hash), Got: hex.EncodeToString(kept.Hash)}
	}
	for _, seq := range slices.Sorted(maps.Keys(v.anchor)) {
		if seq > v.head.Seq {
			return &Break{Seq: v.head.Seq + 1, Why: fmt.Sprintf("以前导出过第 %d 条的链头，现在的链只到第 %d 条", seq, v.head.Seq), Want: v.anchor[seq][0]}
		}
	}
	return nil
}

// Head is the last entry that was looked at.
func (v *Verifier) Head() Head { return v.head }
