package io.airbox.daemon.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.daemon.access.AccessException.Reason;
import io.airbox.daemon.storage.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A power cut at each step of each change leaves the state before it or after it. {@link
 * DurableFiles} makes a single file do so; here is what several in a row leave.
 */
final class AccessCrashTest {
  private static final Caller OWNER = new Caller(Actor.local(Role.OWNER), "socket", Channel.SOCKET);
  private static final String OTHER = "staple of another kind";

  private final FakeTime time = new FakeTime();
  private final List<ClaimOffer> announced = new ArrayList<>();

  @TempDir private Path folder;

  /** One file put in the place of another. */
  private record Write(Path file, byte[] content) {}

  /** What a box knew before a change. */
  private record Before(String ownerToken, String keyToken, NewKey key) {}

  private Access open(Path data, Disk disk) {
    return Access.open(data, AccessTest.cheap(), time, time, new Random(1), announced::add, disk);
  }

  private Before prepare(Path data, Disk disk) {
    try (Access access = open(data, disk)) {
      SignedIn owner = access.claim(OWNER, null, AccessTest.PASSPHRASE.toCharArray());
      NewKey key = access.addKey(OWNER, new KeyRequest("k", Role.USER, null, 10, null));
      return new Before(owner.token(), access.signInWithKey(OWNER, key.secret()).token(), key);
    }
  }

  /** Does something on a prepared box, and looks at what each prefix of its writes leaves. */
  private void cutEverywhere(Consumer<Access> change, Cut check) throws IOException {
    List<Write> writes = new ArrayList<>();
    Path recorded = folder.resolve("recorded");
    Before before = prepare(recorded, DurableFiles::replace);
    Map<Path, byte[]> start = snapshot(recorded);
    try (Access access =
        open(
            recorded,
            (file, content) -> {
              writes.add(new Write(recorded.relativize(file), content));
              DurableFiles.replace(file, content);
            })) {
      change.accept(access);
    }
    assertThat(writes).isNotEmpty();
    for (int made = 0; made <= writes.size(); made++) {
      for (int torn = 0; torn < 3; torn++) {
        Path data = folder.resolve("cut-" + made + "-" + torn);
        restore(data, start);
        for (Write write : writes.subList(0, made)) {
          Files.write(data.resolve(write.file()), write.content());
        }
        if (made < writes.size()) {
          Write next = writes.get(made);
          Path unfinished =
              data.resolve(next.file())
                  .resolveSibling(next.file().getFileName() + DurableFiles.UNFINISHED);
          Files.write(unfinished, Arrays.copyOf(next.content(), next.content().length * torn / 2));
        }
        try (Access access = open(data, DurableFiles::replace)) {
          check.check(access, before, made);
        }
      }
    }
  }

  /** Looks at a box after a cut. */
  @FunctionalInterface
  private interface Cut {
    void check(Access access, Before before, int writesMade);
  }

  private static Map<Path, byte[]> snapshot(Path data) throws IOException {
    Map<Path, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(data)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(data.relativize(file), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static void restore(Path data, Map<Path, byte[]> files) throws IOException {
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      Path target = data.resolve(file.getKey());
      DurableFiles.createFolder(target.getParent());
      Files.write(target, file.getValue());
    }
  }

  private static boolean signsIn(Access access, String passphrase) {
    return catchThrowableOfType(
            AccessException.class, () -> access.signIn(OWNER, passphrase.toCharArray()))
        == null;
  }

  @Test
  void aChangeOfThePassphraseEndsTheOldSessionsOrDidNotHappen() throws IOException {
    cutEverywhere(
        access -> access.changePassphrase(OWNER, null, OTHER.toCharArray(), null),
        (access, before, made) -> {
          boolean happened = made > 0;
          assertThat(signsIn(access, OTHER)).isEqualTo(happened);
          assertThat(signsIn(access, AccessTest.PASSPHRASE)).isEqualTo(!happened);
          assertThat(access.session(before.ownerToken()).isPresent()).isEqualTo(!happened);
          assertThat(access.session(before.keyToken()).isPresent()).isEqualTo(!happened);
        });
  }

  @Test
  void aResetLeavesNoKeyThatShouldGoOnAnUnclaimedBox() throws IOException {
    cutEverywhere(
        access -> access.reset(OWNER, true),
        (access, before, made) -> {
          boolean keyLives =
              catchThrowableOfType(AccessException.class, () -> access.key(before.key().secret()))
                  == null;
          assertThat(access.claimed()).isEqualTo(made < 2);
          assertThat(keyLives).isEqualTo(made < 1);
          assertThat(access.session(before.keyToken()).isPresent()).isEqualTo(made < 1);
          assertThat(access.session(before.ownerToken()).isPresent()).isEqualTo(made < 2);
        });
  }

  @Test
  void aRevokedKeyTakesItsSessionsAlong() throws IOException {
    cutEverywhere(
        access -> access.revokeKey(OWNER, access.keys().get(0).key().id()),
        (access, before, made) -> {
          assertThat(access.keys().isEmpty()).isEqualTo(made > 0);
          assertThat(access.session(before.keyToken()).isPresent()).isEqualTo(made == 0);
        });
  }

  @Test
  void aNewKeyIsThereOrNot() throws IOException {
    cutEverywhere(
        access -> access.addKey(OWNER, new KeyRequest("new", Role.USER, null, null, null)),
        (access, before, made) -> {
          assertThat(access.keys()).hasSize(made == 0 ? 1 : 2);
          assertThat(access.key(before.key().secret()).key()).isEqualTo(before.key().key());
        });
  }

  @Test
  void aChangeThatCannotBeWrittenIsNotMade() throws IOException {
    Path data = folder.resolve("full");
    boolean[] full = {false};
    Disk disk =
        (file, content) -> {
          if (full[0]) {
            throw new IOException("No space left on device");
          }
          DurableFiles.replace(file, content);
        };
    Before before = prepare(data, disk);
    try (Access access = open(data, disk)) {
      full[0] = true;
      for (Consumer<Access> change :
          List.<Consumer<Access>>of(
              one -> one.addKey(OWNER, new KeyRequest("x", Role.USER, null, null, null)),
              one -> one.revokeKey(OWNER, before.key().key().id()),
              one -> one.changePassphrase(OWNER, null, OTHER.toCharArray(), null),
              one -> one.guests(OWNER, false),
              one -> one.reset(OWNER, false),
              one -> one.reset(OWNER, true))) {
        assertThatThrownBy(() -> change.accept(access))
            .isInstanceOfSatisfying(
                AccessException.class,
                fault -> assertThat(fault.reason()).isEqualTo(Reason.STORAGE_FAULT))
            .hasMessageContaining("No space left")
            .hasMessageContaining(data.resolve("keys").toString());
      }
      // the owner gets in to make room
      assertThat(signsIn(access, AccessTest.PASSPHRASE)).isTrue();
      assertThat(access.session(before.ownerToken())).isPresent();
      assertThat(access.keys()).hasSize(1);
      assertThat(access.guests()).isTrue();
      access.tick();
      full[0] = false;
    }
    try (Access access = open(data, disk)) {
      assertThat(access.claimed()).isTrue();
      assertThat(access.session(before.ownerToken())).isPresent();
    }
  }

  @Test
  void aClaimThatCannotBeWrittenLeavesTheBoxFree() {
    boolean[] full = {false};
    try (Access access =
        open(
            folder.resolve("free"),
            (file, content) -> {
              if (full[0]) {
                throw new IOException("Input/output error");
              }
              DurableFiles.replace(file, content);
            })) {
      full[0] = true;
      assertThatThrownBy(() -> access.claim(OWNER, null, OTHER.toCharArray()))
          .hasMessageContaining("Input/output error");
      assertThat(access.claimed()).isFalse();
      full[0] = false;
      access.claim(OWNER, null, AccessTest.PASSPHRASE.toCharArray());
      assertThat(signsIn(access, AccessTest.PASSPHRASE)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"owner.json", "api-keys.json", "sessions.json", "usage.json"})
  void noDamageGoesUnnoticed(String name) throws IOException {
    Path data = folder.resolve("damaged");
    prepare(data, DurableFiles::replace);
    Path file = data.resolve("keys").resolve(name);
    byte[] whole = Files.readAllBytes(file);
    List<byte[]> damaged = new ArrayList<>();
    for (int length = 0; length < whole.length; length++) {
      damaged.add(Arrays.copyOf(whole, length));
    }
    damaged.add(new byte[whole.length]);
    damaged.add((new String(whole, UTF_8) + "{}").getBytes(UTF_8));
    for (String content : List.of("null", "[]", "{}", "{\"version\":2}", "{\"version\":1}")) {
      damaged.add(content.getBytes(UTF_8));
    }
    for (byte[] content : damaged) {
      Files.write(file, content);
      assertThatThrownBy(() -> open(data, DurableFiles::replace))
          .as(new String(content, UTF_8))
          .isInstanceOfSatisfying(
              AccessException.class, fault -> assertThat(fault.reason()).isEqualTo(Reason.DAMAGED))
          .hasMessageContaining(file.toString());
    }
    Files.write(file, whole);
    open(data, DurableFiles::replace).close();
  }

  @Test
  void aBoxThatLostItsOwnersFileDoesNotOpen() throws IOException {
    Path data = folder.resolve("lost");
    prepare(data, DurableFiles::replace);
    Files.delete(data.resolve("keys/owner.json"));
    assertThatThrownBy(() -> open(data, DurableFiles::replace))
        .hasMessageContaining("owner.json is missing");
    // the whole folder: the audit log still knows
    try (Stream<Path> files = Files.list(data.resolve("keys"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    assertThatThrownBy(() -> open(data, DurableFiles::replace))
        .isInstanceOfSatisfying(
            AccessException.class, fault -> assertThat(fault.reason()).isEqualTo(Reason.DAMAGED))
        .hasMessageContaining("audit");
    // a file that says neither
    Files.writeString(
        data.resolve("keys/owner.json"), "{\"version\":1,\"guests\":true,\"epoch\":0}");
    assertThatThrownBy(() -> open(data, DurableFiles::replace))
        .hasMessageContaining("claimed is missing");
    Files.writeString(
        data.resolve("keys/owner.json"),
        "{\"version\":1,\"claimed\":true,\"guests\":true,\"epoch\":0}");
    assertThatThrownBy(() -> open(data, DurableFiles::replace))
        .hasMessageContaining("passphrase is missing");
  }
}
