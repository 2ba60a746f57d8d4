package io.airbox.daemon;

import io.airbox.ota.release.Compatibility;
import io.airbox.ota.release.PackFiles;
import io.airbox.ota.release.Release;
import io.airbox.ota.signing.Envelope;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.trust.KeyRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An authority, and releases that it signed, in folders. */
public final class SignedPack {
  private final SigningKey root = SigningKey.generate();
  private final SigningKey key = SigningKey.generate();

  /** Its document of keys. */
  public String keys() {
    AuthorityKeys keys =
        new AuthorityKeys(
            AuthorityKeys.SPEC,
            "acme",
            1,
            1,
            "2099-01-01T00:00:00Z",
            new KeyRole(1, List.of(root.verificationKey().text())),
            new KeyRole(1, List.of(key.verificationKey().text())));
    return new String(
        Envelope.of(AuthorityKeys.TYPE, keys.json()).signedBy(root).json(), StandardCharsets.UTF_8);
  }

  /** Signs the files of a folder, with the release among them. */
  public Path sign(Path folder, String pack, long counter) throws IOException {
    Release release =
        new Release(
            Release.SPEC,
            pack,
            "0." + counter + ".0",
            counter,
            "2099-01-01T00:00:00Z",
            new Compatibility(List.of(), List.of("onnx"), null),
            new Release.Requirements(0, 0),
            PackFiles.list(folder, bytes -> {}),
            "pack.json",
            60);
    Files.write(
        folder.resolve(PackFiles.DOCUMENT),
        Envelope.of(Release.TYPE, release.json()).signedBy(key).json());
    return folder;
  }
}
