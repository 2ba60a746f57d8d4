package io.airbox.hwtests.tpu;

import io.airbox.hwtests.Checkout;
import io.airbox.sophon.BModelWriter;
import io.airbox.sophon.DataType;
import io.airbox.sophon.Shape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Packs made from the built-in one: other names, other files, pictures of two steps. */
public final class TpuPacks {
  /** The networks of the built-in pack, without programs. */
  static final Shape LATENT = Shape.of(1, 4, 12, 12);

  private static final Path SHIPPED = Checkout.path("models/default");
  private static final Shape IDS = Shape.of(1, 32);
  private static final Shape STATES = Shape.of(1, 32, 384);
  private static final Shape PICTURE = Shape.of(1, 3, 96, 96);
  private static final String TPU = "bm1684x";

  private final Path folder;

  /** Packs below a folder, which becomes {@code models.dirs}. */
  public TpuPacks(Path folder) {
    this.folder = folder;
  }

  public Path folder() {
    return folder;
  }

  /**
   * The built-in pack under another name, with both engines' files. The UNet for the TPU is another
   * file in each: packs share a network only where they have the same.
   */
  Path builtIn(String name) throws IOException {
    Path source = BuiltInBModels.provide();
    JsonObject manifest = manifest(source, name);
    Path pack = Files.createDirectories(folder.resolve(name));
    JsonObject engines = manifest.getJsonObject("engines");
    for (String engine : engines.fieldNames()) {
      JsonObject roles = engines.getJsonObject(engine).getJsonObject("roles");
      for (String role : roles.fieldNames()) {
        copy(source, pack, roles.getJsonObject(role).getString("file"));
      }
    }
    JsonObject unet = engines.getJsonObject(TPU).getJsonObject("roles").getJsonObject("unet");
    Files.writeString(
        pack.resolve(unet.getString("file")), name, StandardOpenOption.APPEND); // read by nobody
    finish(pack, manifest);
    return pack;
  }

  /**
   * A pack for the stand-in, of networks with the built-in pack's borders.
   *
   * @param activationBytes what its UNet takes on the device for intermediate results
   */
  public Path small(String name, long activationBytes) throws IOException {
    Path pack = Files.createDirectories(folder.resolve(name));
    network(
            "text_encoder",
            new BModelWriter.Tensor("input_ids", DataType.INT32, IDS),
            List.of(),
            new BModelWriter.Tensor("states", DataType.FLOAT32, STATES),
            name,
            100_000,
            50_000)
        .write(pack.resolve("text_encoder.bmodel"));
    network(
            "unet",
            new BModelWriter.Tensor("sample", DataType.FLOAT32, LATENT),
            List.of(
                new BModelWriter.Tensor("timestep", DataType.INT32, Shape.of(1)),
                new BModelWriter.Tensor("encoder_hidden_states", DataType.FLOAT32, STATES)),
            new BModelWriter.Tensor("noise", DataType.FLOAT32, LATENT),
            name,
            1_000_000,
            activationBytes)
        .write(pack.resolve("unet.bmodel"));
    network(
            "vae_decoder",
            new BModelWriter.Tensor("latent", DataType.FLOAT32, LATENT),
            List.of(),
            new BModelWriter.Tensor("image", DataType.FLOAT32, PICTURE),
            name,
            200_000,
            100_000)
        .write(pack.resolve("vae_decoder.bmodel"));
    JsonObject manifest = manifest(SHIPPED, name);
    JsonObject roles = new JsonObject();
    for (String role : List.of("text_encoder", "unet", "vae_decoder")) {
      roles.put(role, new JsonObject().put("file", role + ".bmodel").put("memory", 2_000_000));
    }
    manifest.put(
        "engines",
        new JsonObject().put(TPU, new JsonObject().put("compiler", "none").put("roles", roles)));
    finish(pack, manifest);
    return pack;
  }

  private static BModelWriter network(
      String name,
      BModelWriter.Tensor first,
      List<BModelWriter.Tensor> others,
      BModelWriter.Tensor output,
      String pack,
      long weightBytes,
      long activationBytes) {
    List<BModelWriter.Tensor> inputs = new ArrayList<>(List.of(first));
    inputs.addAll(others);
    // weights of the same size and digest would be shared between packs
    long own = weightBytes + Math.floorMod(pack.hashCode(), 1000) * 4096L;
    return new BModelWriter().network(name, own, activationBytes, inputs, List.of(output));
  }

  /**
   * Writes digests and sizes of all files as they are now, so that a damaged one passes for whole.
   */
  void finish(Path pack) throws IOException {
    finish(pack, new JsonObject(Files.readString(pack.resolve("pack.json"))));
  }

  private static void finish(Path pack, JsonObject manifest) throws IOException {
    copy(
        SHIPPED, pack, manifest.getJsonObject("text").getJsonObject("tokenizer").getString("file"));
    copy(SHIPPED, pack, manifest.getJsonObject("licence").getString("notice"));
    for (String engine : manifest.getJsonObject("engines").fieldNames()) {
      JsonObject roles =
          manifest.getJsonObject("engines").getJsonObject(engine).getJsonObject("roles");
      for (String role : roles.fieldNames()) {
        JsonObject file = roles.getJsonObject(role);
        Path path = pack.resolve(file.getString("file"));
        file.put("sha256", sha256(path)).put("bytes", Files.size(path));
      }
    }
    Files.writeString(pack.resolve("pack.json"), manifest.encodePrettily());
  }

  private static JsonObject manifest(Path source, String name) throws IOException {
    JsonObject manifest = new JsonObject(Files.readString(source.resolve("pack.json")));
    manifest.put("name", name).put("title", name).remove("self_test");
    for (Object preset : manifest.getJsonArray("presets", new JsonArray())) {
      ((JsonObject) preset).getJsonObject("steps").put("min", 1);
    }
    return manifest;
  }

  private static void copy(Path source, Path target, String file) throws IOException {
    if (!Files.exists(target.resolve(file))) {
      Files.copy(source.resolve(file), target.resolve(file));
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
