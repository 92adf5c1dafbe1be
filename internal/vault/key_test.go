package vault_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"korpu/internal/hubtest"
	"korpu/internal/vault"
)

const title = "legal_note.title"

func key(t testing.TB, agency uuid.UUID) (k *vault.Key, wrapped []byte) {
	t.Helper()
	k, wrapped, err := hubtest.Keys().New(agency)
	if err != nil {
		t.Fatal(err)
	}
	return k, wrapped
}

func seal(t testing.TB, k *vault.Key, column string, row uuid.UUID, text string) []byte {
	t.Helper()
	sealed, err := k.Seal(column, row, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestAValueOpensInItsPlaceAndNowhereElse(t *testing.T) {
	k, _ := key(t, uuid.New())
	other, _ := key(t, uuid.New())
	row := uuid.New()
	for _, text := range []string{"", "Şahidlər haqqında", strings.Repeat("long ", 100_000)} {
		sealed := seal(t, k, title, row, text)
		if opened, err := k.Open(title, row, sealed); err != nil || string(opened) != text {
			t.Fatalf("%d bytes come back as %d, error %v", len(text), len(opened), err)
		}
		if len(text) > 0 && bytes.Contains(sealed, []byte(text)) {
			t.Error("the text is in what is kept")
		}
		for what, open := range map[string]func() ([]byte, error){
			"another row":            func() ([]byte, error) { return k.Open(title, uuid.New(), sealed) },
			"another column":         func() ([]byte, error) { return k.Open("legal_note.body", row, sealed) },
			"another agency":         func() ([]byte, error) { return other.Open(title, row, sealed) },
			"a value that was cut":   func() ([]byte, error) { return k.Open(title, row, sealed[:len(sealed)-1]) },
			"a value that was added": func() ([]byte, error) { return k.Open(title, row, append(bytes.Clone(sealed), 0)) },
			"nothing":                func() ([]byte, error) { return k.Open(title, row, nil) },
			"a text in the clear":    func() ([]byte, error) { return k.Open(title, row, []byte(text)) },
		} {
			opened, err := open()
			var unreadable *vault.UnreadableError
			if !errors.As(err, &unreadable) || unreadable.Column == "" || opened != nil {
				t.Errorf("%s: %d bytes, error %v", what, len(opened), err)
			}
		}
	}
}

func TestEverySignOfAValueIsGuarded(t *testing.T) {
	k, _ := key(t, uuid.New())
	row := uuid.New()
	sealed := seal(t, k, title, row, "a note")
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := k.Open(title, row, changed); err == nil {
			t.Errorf("byte %d can be changed", i)
		}
	}
}

func TestTheSameTextIsSealedDifferentlyEachTime(t *testing.T) {
	k, _ := key(t, uuid.New())
	row := uuid.New()
	if bytes.Equal(seal(t, k, title, row, "a note"), seal(t, k, title, row, "a note")) {
		t.Error("two encryptions are alike")
	}
}

func TestWhatIsNoTextIsNotSealed(t *testing.T) {
	k, _ := key(t, uuid.New())
	if _, err := k.Seal(title, uuid.New(), []byte{0xff}); err == nil {
		t.Error("it was sealed")
	}
}

func TestWrappedKeysOpenForTheirAgencyAndUnderTheirKeyAlone(t *testing.T) {
	agency := uuid.New()
	_, wrapped := key(t, agency)
	if _, err := hubtest.Keys().Unwrap(agency, wrapped); err != nil {
		t.Fatal(err)
	}
	if _, err := hubtest.Keys().Unwrap(uuid.New(), wrapped); err == nil {
		t.Error("one agency's keys open for another")
	}
	if _, err := otherKEK(t).Unwrap(agency, wrapped); err == nil || !strings.Contains(err.Error(), "KORPU_KEY_URI") {
		t.Errorf("under another key-encryption key: error %v", err)
	}
}

func otherKEK(t testing.TB) *vault.KEK {
	t.Helper()
	cipher, err := subtle.NewAESGCM(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return vault.NewKEK(cipher)
}

// A note of the synthetic country: a title of 20 bytes, a body of 150.
func BenchmarkNote(b *testing.B) {
	k, _ := key(b, uuid.New())
	row, texts := uuid.New(), [][]byte{bytes.Repeat([]byte("a"), 20), bytes.Repeat([]byte("a"), 150)}
	sealed := [][]byte{seal(b, k, title, row, string(texts[0])), seal(b, k, title, row, string(texts[1]))}
	for what, work := range map[string]func(i int) ([]byte, error){
		"sealed": func(i int) ([]byte, error) { return k.Seal(title, row, texts[i]) },
		"opened": func(i int) ([]byte, error) { return k.Open(title, row, sealed[i]) },
	} {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range texts {
					if _, err := work(i); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkLongText(b *testing.B) {
	k, _ := key(b, uuid.New())
	row := uuid.New()
	sealed := seal(b, k, title, row, strings.Repeat("a", 10_000))
	for b.Loop() {
		if _, err := k.Open(title, row, sealed); err != nil {
			b.Fatal(err)
		}
	}
}
