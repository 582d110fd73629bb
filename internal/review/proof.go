package review

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/fault"
)

// Part is one piece of content: a text, a field, an attachment.
type Part struct {
	Name  string
	Bytes []byte
}

// DigestOf computes the digest of content that is to be signed off, over everything that will leave the house and over the
// subject itself, so that a signature for one thing never fits another. Parts are taken in the order given.
func DigestOf(s Subject, parts ...Part) string {
	h := sha256.New()
	put := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	put([]byte(s.Kind))
	put([]byte(s.ID))
	for _, p := range parts {
		put([]byte(p.Name))
		put(p.Bytes)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// Signature is the proof that content was signed off: by whom, when, over what.
type Signature struct {
	Item     ID
	Agency   agency.ID
	Kind     Kind
	Subject  Subject
	Digest   string
	Round    int
	Plan     int   // version of the plan
	Provided Event // who gave the content that was signed
	Steps    []SignedStep
	At       time.Time // of the signing
}

// SignedStep is one decision of the chain.
type SignedStep struct {
	Placed
	By Event
}

// Signature returns the proof for the content as it is. It goes over all events again and takes nothing from State or Open.
// Errors: fault.Conflict, "review.not_signed" when it is not signed off, "review.broken" when the record of the item does
// not hold: an approval of other content, or by a provider.
func (i Item) Signature() (Signature, error) {
	s := replay(i.Plan, i.Kind, i.Events)
	if s.state != Signed || i.State != Signed {
		return Signature{}, fault.New(fault.Conflict, "review.not_signed", fmt.Sprintf("“%s”还没有签发（现在：%s），不能发出", i.Title, agency.NameOf(StateNames(), i.State)))
	}
	rounds := i.Rounds()
	sig := Signature{Item: i.ID, Agency: i.Agency, Kind: i.Kind, Subject: i.Subject, Digest: s.digest, Round: len(rounds), Plan: i.Plan.Version,
		Provided: i.Provided(), At: rounds[len(rounds)-1].At}
	for _, st := range i.Plan.For(i.Kind) {
		sig.Steps = append(sig.Steps, SignedStep{st, s.approved[st.Key]})
	}
	if err := i.holds(s, sig); err != nil {
		return Signature{}, err
	}
	return sig, nil
}

func (i Item) holds(s standing, sig Signature) error {
	providers := i.Providers()
	ok := i.Digest == s.digest && sig.Provided.Digest == s.digest && i.Plan.Check() == nil
	for n, st := range sig.Steps {
		ok = ok && st.By.Digest == s.digest && st.By.Person != "" && !meet(st.By.persons(), providers)
		for _, before := range sig.Steps[:n] {
			ok = ok && !(i.Plan.apart(before.Kind, st.Kind) && meet(before.By.persons(), st.By.persons()))
		}
	}
	if !ok {
		return fault.New(fault.Conflict, "review.broken", fmt.Sprintf("“%s”的签发记录与它的审查经过对不上，没有放行；请管理员核对操作记录", i.Title))
	}
	return nil
}

// Cleared is what everything that sends something out asks first: nil if and only if exactly this content is signed off.
// Errors: those of Signature; fault.Conflict "review.changed" when other content was signed.
func (i Item) Cleared(digest string) error {
	sig, err := i.Signature()
	if err != nil {
		return err
	}
	if digest != sig.Digest {
		return fault.New(fault.Conflict, "review.changed", fmt.Sprintf("“%s”签发以后内容又改过，要重新送审，不能发出", i.Title))
	}
	return nil
}

// Signers are the persons of the chain, in order, without repetition: who reviewed, and who signed last.
func (s Signature) Signers() []account.PersonID {
	var out []account.PersonID
	seen := map[account.PersonID]bool{}
	for _, st := range s.Steps {
		if !seen[st.By.Person] {
			seen[st.By.Person] = true
			out = append(out, st.By.Person)
		}
	}
	return out
}
