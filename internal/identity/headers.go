package identity

import (
	"crypto/sha256"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"korpu/internal/fault"
)

// The headers of a request, spelled as net/http keeps them, so that reading one is a look-up and no conversion.
const (
	headerToken    = "Authorization"
	headerRole     = "Korpu-Role"
	headerPurpose  = "Korpu-Purpose"
	headerOnBehalf = "Korpu-On-Behalf-Of"
)

// asked is what a request says of itself, unverified. An empty text means that the header is absent.
type asked struct {
	token    string
	role     string
	purpose  string
	onBehalf string
}

// cacheKey stands for a request's whole claim; the token is in it as a hash, so that memory holds no usable token.
type cacheKey struct {
	token    [sha256.Size]byte
	role     string
	purpose  string
	onBehalf string
}

func (q asked) key() cacheKey {
	return cacheKey{token: sha256.Sum256([]byte(q.token)), role: q.role, purpose: q.purpose, onBehalf: q.onBehalf}
}

func read(h http.Header) (asked, error) {
	authorization, err := single(h, headerToken)
	if err != nil {
		return asked{}, err
	}
	q := asked{}
	if q.token, err = bearer(authorization); err != nil {
		return asked{}, err
	}
	if q.role, err = single(h, headerRole); err != nil {
		return asked{}, err
	}
	if q.purpose, err = single(h, headerPurpose); err != nil {
		return asked{}, err
	}
	q.onBehalf, err = single(h, headerOnBehalf)
	return q, err
}

// single takes one value or none: two, or a list in one, could be read as a union by whoever looks at another part of it.
func single(h http.Header, name string) (string, error) {
	values := h[name]
	if len(values) == 0 {
		return "", nil
	}
	if len(values) > 1 || values[0] == "" || strings.IndexByte(values[0], ',') >= 0 {
		return "", fault.New(fault.Invalid, "send %s once, with exactly one value", name)
	}
	return values[0], nil
}

func bearer(authorization string) (string, error) {
	const scheme = "Bearer "
	if len(authorization) <= len(scheme) || !strings.EqualFold(authorization[:len(scheme)], scheme) {
		return "", fault.New(fault.Unauthenticated, "send an access token: Authorization: Bearer …")
	}
	return authorization[len(scheme):], nil
}

// staffID reads the person that a partner system names.
func staffID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		return uuid.Nil, fault.New(fault.Invalid, "%s takes the id of a staff member, a lower-case UUID", headerOnBehalf)
	}
	return id, nil
}
