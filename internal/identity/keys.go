package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

const (
	fetchTimeout      = 5 * time.Second
	keysLifetime      = 10 * time.Minute // a key that the issuer withdrew is trusted no longer than this
	unknownFor        = time.Minute      // how long a key id that the issuer does not know is not asked for again
	firstRetry        = time.Second
	longestRetry      = time.Minute
	documentLimit     = 1 << 20
	unknownRemembered = 256
)

var (
	errUnknownKey    = errors.New("the issuer has no such key")
	errAskedTooOften = errors.New("the issuer was asked for unknown keys too often")
)

// keys are the public keys of one issuer. They are fetched when first needed, renewed while they are used, and asked for
// anew when a token names an unknown one, within limits: a flood of made-up key ids must not become a flood at the issuer.
type keys struct {
	issuer   string
	lifetime context.Context // of the hub: a fetch outlives the request that caused it, since others wait for it too
	now      func() time.Time
	http     *http.Client

	current atomic.Pointer[keySet]
	retry   atomic.Pointer[backOff]
	flight  singleflight.Group
	unknown *lru.Cache[string, time.Time]
	asks    *rate.Limiter
}

// keySet is what one fetch brought; it is never changed, so two are the same keys only if they are the same set.
type keySet struct {
	byID    map[string]jose.JSONWebKey
	fetched time.Time
}

// backOff keeps an issuer that is down from being asked by every request.
type backOff struct {
	until time.Time
	wait  time.Duration
	cause error
}

func newKeys(lifetime context.Context, issuer string, now func() time.Time) (*keys, error) {
	unknown, err := lru.New[string, time.Time](unknownRemembered)
	if err != nil {
		return nil, fmt.Errorf("remember unknown keys: %w", err)
	}
	return &keys{
		issuer: issuer, lifetime: lifetime, now: now, unknown: unknown,
		// Keys rotate a few times a year; three at once leave room for a hurried second rotation.
		asks: rate.NewLimiter(rate.Every(10*time.Second), 3),
		http: &http.Client{Timeout: fetchTimeout, CheckRedirect: refuseRedirect},
	}, nil
}

// A redirect would let another host than the configured one name the keys.
func refuseRedirect(*http.Request, []*http.Request) error {
	return errors.New("the issuer answers with a redirect")
}

// with returns the keys among which is the one that a token names. Its errors are errUnknownKey, errAskedTooOften, or why
// the issuer is out of reach.
func (k *keys) with(ctx context.Context, id string) (*keySet, error) {
	if set := k.current.Load(); set != nil {
		if _, ok := set.byID[id]; ok {
			k.renew(set)
			return set, nil
		}
		if err := k.mayAsk(id); err != nil {
			return nil, err
		}
	}
	set, err := k.fetch(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := set.byID[id]; !ok {
		k.unknown.Add(id, k.now().Add(unknownFor))
		return nil, errUnknownKey
	}
	return set, nil
}

func (k *keys) mayAsk(id string) error {
	if until, ok := k.unknown.Get(id); ok && k.now().Before(until) {
		return errUnknownKey
	}
	if !k.asks.AllowN(k.now(), 1) {
		return errAskedTooOften
	}
	return nil
}

// renew fetches old keys anew in the background, so that no request waits for it.
func (k *keys) renew(set *keySet) {
	if k.now().Sub(set.fetched) > keysLifetime && k.backingOff() == nil {
		k.flight.DoChan("", k.load)
	}
}

// fetch waits for the keys, joining a fetch that is under way.
func (k *keys) fetch(ctx context.Context) (*keySet, error) {
	if retry := k.backingOff(); retry != nil {
		return nil, retry.cause
	}
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case result := <-k.flight.DoChan("", k.load):
		if result.Err != nil {
			return nil, result.Err
		}
		return k.current.Load(), nil
	}
}

// backingOff returns why the issuer is not asked now, or nil. It reads once: a fetch that succeeds meanwhile clears it.
func (k *keys) backingOff() *backOff {
	if retry := k.retry.Load(); retry != nil && k.now().Before(retry.until) {
		return retry
	}
	return nil
}

// load replaces the keys; when that fails the old ones stay.
func (k *keys) load() (any, error) {
	ctx, cancel := context.WithTimeout(k.lifetime, fetchTimeout)
	defer cancel()
	byID, err := k.download(ctx)
	if err != nil {
		err = fmt.Errorf("fetch the keys of %s: %w", k.issuer, err)
		k.backOff(err)
		return nil, err
	}
	k.retry.Store(nil)
	k.current.Store(&keySet{byID: byID, fetched: k.now()})
	return nil, nil
}

func (k *keys) backOff(cause error) {
	wait := firstRetry
	if last := k.retry.Load(); last != nil {
		wait = min(2*last.wait, longestRetry)
	}
	k.retry.Store(&backOff{until: k.now().Add(wait), wait: wait, cause: cause})
}

// download asks for the discovery document each time, since an issuer may move its keys.
func (k *keys) download(ctx context.Context) (map[string]jose.JSONWebKey, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, k.http), k.issuer)
	if err != nil {
		return nil, err
	}
	var document struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&document); err != nil {
		return nil, err
	}
	address, err := url.Parse(document.Keys)
	if err != nil || !secure(address) {
		return nil, errors.New("its jwks_uri is not an https address")
	}
	return k.downloadSet(ctx, address)
}

func (k *keys) downloadSet(ctx context.Context, address *url.URL) (map[string]jose.JSONWebKey, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	response, err := k.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("its jwks_uri answers %s", response.Status)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, documentLimit)).Decode(&set); err != nil {
		return nil, fmt.Errorf("read its keys: %w", err)
	}
	return usable(set.Keys), nil
}

// usable leaves out what cannot sign for us: private and symmetric keys, keys for encryption, kinds that nobody here knows.
func usable(raw []json.RawMessage) map[string]jose.JSONWebKey {
	byID := map[string]jose.JSONWebKey{}
	for _, text := range raw {
		var key jose.JSONWebKey
		if err := json.Unmarshal(text, &key); err != nil {
			continue
		}
		if key.KeyID != "" && key.IsPublic() && key.Use != "enc" {
			byID[key.KeyID] = key
		}
	}
	return byID
}
