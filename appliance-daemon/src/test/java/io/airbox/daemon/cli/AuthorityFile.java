package io.airbox.daemon.cli;

import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.trust.KeyRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A document of keys. */
final class AuthorityFile {
  private AuthorityFile() {}

  /**
   * Writes one.
   *
   * @return the key that signs its releases
   */
  static SigningKey write(Path file, String authority) throws IOException {
    SigningKey root = SigningKey.generate();
    SigningKey release = SigningKey.generate();
    AuthorityKeys keys =
        new AuthorityKeys(
            AuthorityKeys.SPEC,
            authority,
            1,
            1,
            "2099-01-01T00:00:00Z",
            new KeyRole(1, List.of(root.verificationKey().text())),
            new KeyRole(1, List.of(release.verificationKey().text())));
    Files.write(file, Envelope.of(AuthorityKeys.TYPE, keys.json()).signedBy(root).json());
    return release;
  }
}
