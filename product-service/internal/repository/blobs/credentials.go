package blobs

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/oms-fleet/oms/common/config"
)

// Credentials say as whom an S3 server is asked.
type Credentials struct {
	KeyID  string        `envconfig:"AWS_ACCESS_KEY_ID" desc:"who asks the S3 server"`
	Secret config.Secret `envconfig:"AWS_SECRET_ACCESS_KEY" desc:"the secret of AWS_ACCESS_KEY_ID"`
	Token  string        `envconfig:"AWS_SESSION_TOKEN" desc:"goes with temporary keys"`
	File   string        `envconfig:"AWS_SHARED_CREDENTIALS_FILE" desc:"where the profile default tells both, instead"`
}

// keys are credentials that can sign.
type keys struct {
	id     string
	secret config.Secret
	token  string
}

var errNoKeys = errors.New("BLOB_URL is at an S3 server: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SHARED_CREDENTIALS_FILE")

func (c Credentials) load() (keys, error) {
	if c.KeyID != "" && c.Secret != "" {
		return keys{c.KeyID, c.Secret, c.Token}, nil
	}
	if c.File == "" {
		return keys{}, errNoKeys
	}
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return keys{}, fmt.Errorf("AWS_SHARED_CREDENTIALS_FILE: %w", err)
	}
	found := profile(string(raw), "default")
	k := keys{found["aws_access_key_id"], config.Secret(found["aws_secret_access_key"]), found["aws_session_token"]}
	if k.id == "" || k.secret == "" {
		return keys{}, errNoKeys
	}
	return k, nil
}

// profile reads one section of a file of AWS's form.
func profile(text, name string) map[string]string {
	found, within := map[string]string{}, false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			within = strings.Trim(line, "[] ") == name
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && within && !strings.HasPrefix(line, "#") {
			found[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return found
}
