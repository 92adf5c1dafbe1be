package vault

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tink-crypto/tink-go/v2/core/registry"
)

// services are the places that may hold a key-encryption key, by the scheme of its address. Another key-management service is
// a line here: tink's clients for those of Amazon, Google and HashiCorp are made by functions of this form.
var services = map[string]func(uri string) (registry.KMSClient, error){
	"file": func(string) (registry.KMSClient, error) { return keyFiles{}, nil },
}

// OpenKEK finds the key-encryption key at an address such as file:///etc/korpu/key.json.
func OpenKEK(uri string) (*KEK, error) {
	scheme, _, _ := strings.Cut(uri, ":")
	service, known := services[scheme]
	if !known {
		return nil, fmt.Errorf("the address of a key begins with %s: (see docs/how-to/rotate-keys.md for other services)",
			strings.Join(slices.Sorted(maps.Keys(services)), ":, "))
	}
	client, err := service(uri)
	if err != nil {
		return nil, fmt.Errorf("reach the key service: %w", err)
	}
	cipher, err := client.GetAEAD(uri)
	if err != nil {
		return nil, fmt.Errorf("open the key: %w", err)
	}
	return NewKEK(cipher), nil
}
