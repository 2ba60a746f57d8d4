package io.airbox.sophon.jna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.sophon.BmStatus;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be said without the vendor's libraries. */
final class NativeDriverTest {
  @TempDir private Path root;

  @Test
  void tellsThatLibsophonIsNotInstalled() {
    assertRefused(
        Reason.LIBRARY_MISSING, "libsophon-current does not exist", () -> NativeDriver.load(root));
  }

  @Test
  void tellsThatTheLinkNamesNoVersion() throws IOException {
    install("sophon");
    assertRefused(Reason.UNSUPPORTED_VERSION, "names no version", () -> NativeDriver.load(root));
  }

  @Test
  void tellsThatALibraryIsNotThere() throws IOException {
    Path lib = install("libsophon-0.5.1");
    assertRefused(
        Reason.LIBRARY_MISSING,
        lib.toRealPath() + " has no libbmlib.so",
        () -> NativeDriver.load(root));
  }

  @Test
  void tellsThatALibraryDoesNotLoad() throws IOException {
    Files.writeString(install("libsophon-0.5.1").resolve("libbmlib.so"), "no library");
    assertRefused(
        Reason.LIBRARY_MISSING, "libbmlib.so does not load", () -> NativeDriver.load(root));
  }

  @Test
  void tellsAMissingDriverFromAnotherFailure() throws IOException {
    TpuException failure = TpuException.status("bm_dev_request", "0", 2);
    List<String> nodes = List.of("bm-sophon0", "bm-tpu0");
    TpuException missing = NativeDriver.explain(failure, nodes, root);
    assertThat(missing)
        .hasMessageContaining("bm_dev_request(0): BM_ERR_FAILURE (2)")
        .hasMessageContaining("there is no " + root.resolve("bm-sophon0"))
        .hasMessageContaining("is the driver (bmtpu) loaded?");
    assertThat(missing.reason()).isEqualTo(Reason.DEVICE_MISSING);
    assertThat(missing.function()).isEqualTo("bm_dev_request");
    assertThat(missing.status()).isEqualTo(BmStatus.BM_ERR_FAILURE);

    Files.createFile(root.resolve("bm-tpu0"));
    assertThat(NativeDriver.explain(failure, nodes, root).reason())
        .isEqualTo(Reason.DEVICE_UNAVAILABLE);
  }

  private Path install(String name) throws IOException {
    Path folder = Files.createDirectories(root.resolve("opt/sophon").resolve(name));
    Files.createSymbolicLink(root.resolve("opt/sophon/libsophon-current"), Path.of(name));
    return Files.createDirectories(folder.resolve("lib"));
  }

  private static void assertRefused(Reason reason, String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .hasMessageContaining(text)
        .extracting(e -> ((TpuException) e).reason())
        .isEqualTo(reason);
  }
}
