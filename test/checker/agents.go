package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

const reportType = "application/vnd.waarborg.report+json"
const rotationType = "application/vnd.waarborg.rotation+json"

// agents knows whose key counts at this point of the log. Of one that was revoked the key is nil.
type agents map[chain]ed25519.PublicKey

// checkReports verifies the signature of every report, and says how many there are.
func checkReports(entries [][]byte) (reports int, err error) {
	known := agents{}
	for index, text := range entries {
		if len(text) == 0 {
			continue // left out of the bundle
		}
		var e entry
		if err := json.Unmarshal(text, &e); err != nil {
			return 0, fmt.Errorf("entry %d: %w", index, err)
		}
		if err := known.take(e); err != nil {
			return 0, fmt.Errorf("entry %d: %w", index, err)
		}
		if e.Kind == "report" {
			reports++
		}
	}
	return reports, nil
}

// chain is an agent under one enrolment. Its epoch rises when it is enrolled anew.
type chain struct {
	Agent string
	Epoch int64
}

type envelope struct {
	Payload     string
	PayloadType string
	Signatures  []struct{ Keyid, Sig string }
}

type entry struct {
	chain
	Kind      string
	PublicKey string
	Envelope  envelope
	Rotated   struct {
		Of       string
		Envelope envelope
	}
}

// take follows one entry of the log: it enrols, revokes or replaces a key, or holds a report that such a key signed.
func (a agents) take(e entry) error {
	switch e.Kind {
	case "agent.enrol":
		if _, isKnown := a[e.chain]; isKnown {
			return fmt.Errorf("%s is enrolled a second time for epoch %d", e.Agent, e.Epoch)
		}
		return a.trust(e.chain, e.PublicKey)
	case "agent.revoke":
		a[e.chain] = nil
	case "key.rotate":
		if e.Rotated.Of != "agent" {
			return nil
		}
		var rotation struct {
			chain
			PublicKey string
		}
		if err := a.open(e.Rotated.Envelope, rotationType, &rotation, &rotation.chain); err != nil {
			return err
		}
		return a.trust(rotation.chain, rotation.PublicKey)
	case "report":
		var statement chain
		return a.open(e.Envelope, reportType, &statement, &statement)
	}
	return nil
}

func (a agents) trust(of chain, key string) error {
	raw, err := base64.StdEncoding.Strict().DecodeString(key)
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return errors.New("no Ed25519 key")
	}
	a[of] = raw
	return nil
}

// open reads the payload of a DSSE envelope, and verifies it with the key of whoever it says has signed it.
func (a agents) open(e envelope, payloadType string, payload any, by *chain) error {
	if e.PayloadType != payloadType {
		return fmt.Errorf("a payload of type %s; expected %s", e.PayloadType, payloadType)
	}
	body, err := base64.StdEncoding.Strict().DecodeString(e.Payload)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, payload); err != nil {
		return err
	}
	key := a[*by]
	if key == nil {
		return fmt.Errorf("no key counts here for %s of epoch %d", by.Agent, by.Epoch)
	}
	signed := []byte(fmt.Sprintf("DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(body), body))
	digest := sha256.Sum256(key)
	keyid := hex.EncodeToString(digest[:8])
	verified := 0
	for _, signature := range e.Signatures {
		if signature.Keyid != keyid {
			continue
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(signature.Sig)
		if err != nil || !ed25519.Verify(key, signed, raw) {
			return fmt.Errorf("the signature of %s (%s) is not over this payload", by.Agent, keyid)
		}
		verified++
	}
	if verified == 0 {
		return fmt.Errorf("no signature of %s (%s)", by.Agent, keyid)
	}
	return nil
}
