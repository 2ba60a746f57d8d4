package io.airbox.hwtests.ota;

import io.airbox.hwtests.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Somebody with keys of the authority {@code acme}, trusted by a box, who releases the built-in
 * pack anew on a web server.
 */
public final class Publisher implements AutoCloseable {
  private final Path folder;
  private final Path web;
  private final Cli cli;
  private final PackShop shop;

  /**
   * Makes the keys and has a box trust them.
   *
   * @param folder for keys and releases
   * @param data the box's, while no daemon runs on it
   */
  public Publisher(Path folder, Path data) throws IOException, InterruptedException {
    this.folder = folder;
    web = Files.createDirectories(folder.resolve("web"));
    cli = new Cli(folder, data);
    for (String key : new String[] {"root.pem", "key.pem", "stranger.pem"}) {
      cli.plain("models", "keys", "new", folder.resolve(key), "--unencrypted").done();
    }
    Path keys = folder.resolve("acme.keys.json");
    cli.plain(
            "models",
            "keys",
            "create",
            keys,
            "--authority",
            "acme",
            "--root",
            folder.resolve("root.pem"),
            "--release",
            folder.resolve("key.pem"))
        .done();
    cli.airbox("models", "keys", "trust", keys).done();
    shop = new PackShop(web);
  }

  /**
   * Releases the built-in pack as version 0.COUNTER.0.
   *
   * @param key {@code key}, or {@code stranger} for one that the box does not trust
   * @param change what else is changed in its manifest
   * @return its folder; {@link #address} is where it is served
   */
  public Path release(int counter, String key, UnaryOperator<String> change)
      throws IOException, InterruptedException {
    Path pack = Files.createDirectory(web.resolve("v" + counter + key));
    try (Stream<Path> files = Files.list(Checkout.path("models/default"))) {
      for (Path file : files.toList()) {
        Files.copy(file, pack.resolve(file.getFileName()));
      }
    }
    Path manifest = pack.resolve("pack.json");
    String text =
        Files.readString(manifest)
            .replace("\"version\": \"0.1.0\"", "\"version\": \"0." + counter + ".0\"");
    Files.writeString(manifest, change.apply(text));
    cli.plain(
            "models",
            "sign",
            pack,
            "--counter",
            counter,
            "--key",
            folder.resolve(key + ".pem"),
            "-o",
            pack.resolve("release.json"))
        .done();
    return pack;
  }

  /** Where a release is served. */
  public String address(Path release) {
    return shop.address(String.valueOf(release.getFileName()));
  }

  /** Bytes of files that were fetched. */
  public long given() {
    return shop.given();
  }

  @Override
  public void close() {
    shop.close();
  }
}
