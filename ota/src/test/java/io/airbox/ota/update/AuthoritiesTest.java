package io.airbox.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.signing.SigningKey;
import io.airbox.ota.store.Disk;
import io.airbox.ota.trust.AuthorityKeys;
import io.airbox.ota.trust.KeyRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuthoritiesTest {
  @TempDir private Path folder;

  private Authorities open() throws IOException {
    return Authorities.open(folder.resolve("image"), folder.resolve("data/trust"), Disk.real());
  }

  private static byte[] acme(long version) {
    return Acme.document(Acme.keys(version), Acme.ROOT);
  }

  @Test
  void whoIsAddedIsTrustedAfterARestart() throws Exception {
    assertThat(open().list()).isEmpty();

    open().add(acme(1));

    assertThat(open().list()).extracting(AuthorityKeys::authority).containsExactly("acme");
    assertThat(open().isBuiltIn("acme")).isFalse();
  }

  @Test
  void theNextDocumentNeedsTheKeysOfTheOneBefore() throws Exception {
    Authorities all = open();
    all.add(acme(2));

    UpdateException older = catchThrowableOfType(UpdateException.class, () -> all.add(acme(1)));
    assertThat(older.reason()).isEqualTo(Reason.ROLLBACK);
    SigningKey thief = SigningKey.generate();
    AuthorityKeys own =
        new AuthorityKeys(
            AuthorityKeys.SPEC,
            "acme",
            3,
            1,
            "2028-01-01T00:00:00Z",
            new KeyRole(1, List.of(thief.verificationKey().text())),
            new KeyRole(1, List.of(thief.verificationKey().text())));
    UpdateException stolen =
        catchThrowableOfType(UpdateException.class, () -> all.add(Acme.document(own, thief)));
    assertThat(stolen.reason()).isEqualTo(Reason.UNKNOWN_KEY);

    assertThat(all.add(acme(3)).version()).isEqualTo(3);
    assertThat(open().list()).extracting(AuthorityKeys::version).containsExactly(3L);
  }

  @Test
  void whatCameWithTheSoftwareStaysAndANewerDocumentCounts() throws Exception {
    Files.createDirectories(folder.resolve("image"));
    Files.write(folder.resolve("image/acme.keys.json"), acme(2));
    Authorities all = open();
    assertThat(all.isBuiltIn("acme")).isTrue();
    all.add(acme(3));
    assertThat(open().list()).extracting(AuthorityKeys::version).containsExactly(3L);

    UpdateException refusal = catchThrowableOfType(UpdateException.class, () -> all.remove("acme"));

    assertThat(refusal.reason()).isEqualTo(Reason.NAME_TAKEN);
    assertThat(open().list()).hasSize(1);
  }

  @Test
  void whoIsRemovedIsForgotten() throws Exception {
    Authorities all = open();
    all.add(acme(1));

    all.remove("acme");

    assertThat(open().list()).isEmpty();
    assertThat(catchThrowableOfType(UpdateException.class, () -> all.remove("acme")))
        .hasMessageContaining("does not trust an authority acme; it trusts none");
  }

  @Test
  void aDamagedDocumentIsLeftOutWithWords() throws Exception {
    Files.createDirectories(folder.resolve("data/trust"));
    Files.writeString(folder.resolve("data/trust/acme.keys.json"), "{");

    assertThat(open().list()).isEmpty();
    assertThat(open().notes()).singleElement().asString().contains("acme.keys.json is left out");
  }
}
