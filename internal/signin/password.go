package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/gongkai/gongkai/internal/fault"
)

// maxPasswordBytes bounds what is hashed: 128 characters of four bytes, with room. Longer input is wrong without a hash.
const maxPasswordBytes = 1024

// Cost is how dear one hash is. The zero Cost is not valid; see DefaultCost.
type Cost struct {
	MemoryKiB uint32 // memory of one hash
	Passes    uint32 // times over the memory
	Lanes     uint8  // threads of one hash
}

// DefaultCost is 19 MiB, two passes, one lane: the lowest set that the OWASP recommendations for argon2id name, so that a
// small machine can sign many people in at once. A site with memory to spare raises it; NeedsRehash then finds the old ones.
func DefaultCost() Cost { return Cost{MemoryKiB: 19 * 1024, Passes: 2, Lanes: 1} }

// What a cost, whether of the settings or of a stored hash, may be. The upper bounds keep a damaged or forged row of the
// database from eating the memory.
const (
	minMemoryKiB = 8 * 1024
	maxMemoryKiB = 256 * 1024
	maxPasses    = 16
	maxLanes     = 8
	saltBytes    = 16
	keyBytes     = 32
)

func (c Cost) valid() bool {
	return c.MemoryKiB >= minMemoryKiB && c.MemoryKiB <= maxMemoryKiB && c.Passes >= 1 && c.Passes <= maxPasses &&
		c.Lanes >= 1 && c.Lanes <= maxLanes
}

// Hasher makes and checks password hashes, at most so many at once. It is safe for concurrent use.
type Hasher struct {
	cost  Cost
	slots chan struct{}
	dummy stored
}

// NewHasher returns a Hasher that computes at most parallel hashes at a time: parallel × cost.MemoryKiB is the most memory
// that signing in takes. Errors: fault.Usage where a figure is out of bounds.
func NewHasher(cost Cost, parallel int) (*Hasher, error) {
	if !cost.valid() {
		return nil, fault.New(fault.Usage, "signin.cost", fmt.Sprintf(
			"密码散列的参数不对：内存应为 %d 到 %d KiB，遍数 1 到 %d，线程 1 到 %d。请改系统设置", minMemoryKiB, maxMemoryKiB, maxPasses, maxLanes))
	}
	if parallel < 1 || parallel > 256 {
		return nil, fault.New(fault.Usage, "signin.parallel", "同时核对密码的数目应为 1 到 256。请改系统设置")
	}
	return &Hasher{cost: cost, slots: make(chan struct{}, parallel),
		dummy: stored{cost: cost, salt: random(saltBytes), key: random(keyBytes)}}, nil
}

// Hash returns the hash of a password with a new salt, in PHC form ($argon2id$v=19$m=…,t=…,p=…$salt$key).
// It does not judge the password: Rules do. Errors: fault.Usage (too long), and those of waiting, see Verify.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > maxPasswordBytes {
		return "", fault.New(fault.Usage, "signin.password_long", "密码太长了，请改短一些")
	}
	s := stored{cost: h.cost, salt: random(saltBytes)}
	key, err := h.derive(ctx, password, s, keyBytes)
	if err != nil {
		return "", err
	}
	s.key = key
	return s.String(), nil
}

// Verify reports whether the password belongs to the hash, in a time that does not depend on where they differ.
//
// An empty hash stands for an account that does not exist or has no password: a hash of the same cost is computed and the
// answer is no, so that the time taken does not tell which accounts there are. Call it in that case too.
//
// Errors: fault.TooMany when ctx ran out of time while waiting for a free place, fault.Cancelled when it was cancelled,
// and an internal error for a stored hash that cannot be read.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (bool, error) {
	s, parseErr := parseStored(hash)
	known := hash != "" && parseErr == nil && len(password) <= maxPasswordBytes
	if !known {
		s = h.dummy
	}
	if len(password) > maxPasswordBytes {
		password = ""
	}
	key, err := h.derive(ctx, password, s, uint32(len(s.key)))
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(key, s.key) == 1
	if hash != "" && parseErr != nil {
		return false, fmt.Errorf("signin: stored hash: %w", parseErr)
	}
	return same && known, nil
}

// NeedsRehash reports whether a hash was made with another cost than today's, or cannot be read. The moment to make a new
// one is after a right password, when it is at hand.
func (h *Hasher) NeedsRehash(hash string) bool {
	s, err := parseStored(hash)
	return err != nil || s.cost != h.cost || len(s.salt) != saltBytes || len(s.key) != keyBytes
}

// derive waits for a place and computes.
func (h *Hasher) derive(ctx context.Context, password string, s stored, size uint32) ([]byte, error) {
	err := ctx.Err() // a free place and a dead context are both ready: the context counts
	if err != nil {
		return nil, waitFault(err)
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, waitFault(ctx.Err())
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), s.salt, s.cost.Passes, s.cost.MemoryKiB, s.cost.Lanes, size), nil
}

func waitFault(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.TooMany, "signin.busy", "现在登录的人太多，请过一分钟再试", err)
	}
	return fault.Wrap(fault.Cancelled, "signin.cancelled", "登录中断了，请再试一次", err)
}

// stored is a hash taken apart.
type stored struct {
	cost      Cost
	salt, key []byte
}

func (s stored) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, s.cost.MemoryKiB, s.cost.Passes, s.cost.Lanes,
		b64.EncodeToString(s.salt), b64.EncodeToString(s.key))
}

var errHash = errors.New("not an argon2id hash in PHC form within the bounds")

// parseStored reads what String writes, and the same with other lengths of salt and key within reason.
func parseStored(hash string) (stored, error) {
	part := strings.Split(hash, "$")
	if len(hash) > 512 || len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != "v="+strconv.Itoa(argon2.Version) {
		return stored{}, errHash
	}
	var s stored
	figures := strings.Split(part[3], ",")
	if len(figures) != 3 {
		return stored{}, errHash
	}
	var number [3]uint64
	for i, name := range []string{"m=", "t=", "p="} {
		digits, ok := strings.CutPrefix(figures[i], name)
		n, err := strconv.ParseUint(digits, 10, 20)
		if !ok || err != nil {
			return stored{}, errHash
		}
		number[i] = n
	}
	if number[2] > maxLanes {
		return stored{}, errHash
	}
	s.cost = Cost{MemoryKiB: uint32(number[0]), Passes: uint32(number[1]), Lanes: uint8(number[2])}
	var errSalt, errKey error
	s.salt, errSalt = base64.RawStdEncoding.Strict().DecodeString(part[4])
	s.key, errKey = base64.RawStdEncoding.Strict().DecodeString(part[5])
	if errSalt != nil || errKey != nil || !s.cost.valid() || len(s.salt) < 8 || len(s.salt) > 64 || len(s.key) < 16 || len(s.key) > 64 {
		return stored{}, errHash
	}
	return s, nil
}

// random returns n bytes from the system. crypto/rand does not return when the system has none to give.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never returns an error
	return b
}
