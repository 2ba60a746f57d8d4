package io.airbox.ota.update;

import io.airbox.ota.release.BoxFacts;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.store.Packs.Made;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.trust.KeyRole;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** An authority that signs, and a box that trusts it. */
final class Acme {
  static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
  static final SigningKey ROOT = SigningKey.generate();
  static final SigningKey KEY = SigningKey.generate();

  private Acme() {}

  static AuthorityKeys keys(long version) {
    return new AuthorityKeys(
        AuthorityKeys.SPEC,
        "acme",
        version,
        1,
        "2028-01-01T00:00:00Z",
        new KeyRole(1, List.of(ROOT.verificationKey().text())),
        new KeyRole(1, List.of(KEY.verificationKey().text())));
  }

  static byte[] document(AuthorityKeys keys, SigningKey... signers) {
    Envelope envelope = Envelope.of(AuthorityKeys.TYPE, keys.json());
    for (SigningKey each : signers) {
      envelope = envelope.signedBy(each);
    }
    return envelope.json();
  }

  static byte[] signed(Made pack) {
    return pack.envelope().signedBy(KEY).json();
  }

  static StoreUpdates.Box box() {
    return new StoreUpdates.Box(
        () -> List.of(keys(1)),
        () ->
            new BoxFacts(
                null, null, Set.of("onnx"), OptionalLong.of(4L << 30), OptionalLong.empty()),
        Instant.parse("2026-11-23T00:00:00Z"));
  }
}
