package io.airbox.generation.pack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.Message;
import io.airbox.generation.pack.PackManifest.PackFile;
import io.airbox.generation.pack.PackManifest.Text;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A folder on its way to a pack: what lies in it, and the files that an import adds. Files appear
 * whole or not at all, {@code pack.json} last; none that is there is overwritten.
 *
 * @param folder the folder
 */
record PackDraft(Path folder) {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String TOKENIZER = "tokenizer.json";
  private static final String VOCABULARY = "vocab.json";
  private static final String MERGES = "merges.txt";

  /**
   * @throws GenerationException {@code INVALID_PACK} if the folder is a pack already
   */
  void requireNew() {
    Path manifest = folder.resolve(ModelPack.MANIFEST);
    if (Files.exists(manifest)) {
      throw refusal(Message.of("there is a %s already; delete it to import again", manifest));
    }
  }

  GenerationException refusal(String why) {
    return new GenerationException(
        Reason.INVALID_PACK, Message.of("%s cannot be imported: %s", folder, why));
  }

  /** A file in the folder as the manifest names it; reads all of it. */
  PackFile file(Path path) throws IOException {
    String name = folder.relativize(path).toString().replace('\\', '/');
    return new PackFile(name, Sha256.of(path), Files.size(path));
  }

  /** A JSON file in the folder, missing when there is none. */
  JsonNode json(String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return MissingNode.getInstance();
    }
    try {
      return MAPPER.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw refusal(Message.of("%s is not valid JSON: %s", name, e.getOriginalMessage()));
    }
  }

  /**
   * CLIP's tokenizer, brought into the folder as {@code tokenizer.json} where it is not there.
   *
   * @param elsewhere folders outside that may hold it, with {@code vocab.json} and {@code
   *     merges.txt} or with {@code tokenizer.json}
   */
  Path tokenizer(List<Path> elsewhere) throws IOException {
    for (String name : List.of(TOKENIZER, "tokenizer/" + TOKENIZER)) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    Path made = folder.resolve(TOKENIZER);
    Path inside = folder.resolve("tokenizer");
    if (hasVocabulary(inside)) {
      write(made, tokenizerOf(inside));
      return made;
    }
    for (Path other : elsewhere) {
      if (Files.isRegularFile(other.resolve(TOKENIZER))) {
        write(made, Files.readString(other.resolve(TOKENIZER)));
        return made;
      }
      if (hasVocabulary(other)) {
        write(made, tokenizerOf(other));
        return made;
      }
    }
    throw refusal(
        "missing tokenizer.json, or tokenizer/vocab.json together with tokenizer/merges.txt"
            + (elsewhere.isEmpty()
                ? ""
                : Message.of(
                    ", here or in %s",
                    String.join(", ", elsewhere.stream().map(Path::toString).toList()))));
  }

  private static boolean hasVocabulary(Path place) {
    return Files.isRegularFile(place.resolve(VOCABULARY))
        && Files.isRegularFile(place.resolve(MERGES));
  }

  private String tokenizerOf(Path place) throws IOException {
    try {
      Map<String, Integer> ids =
          MAPPER.readValue(place.resolve(VOCABULARY).toFile(), new TypeReference<>() {});
      List<String> pairs =
          Files.readAllLines(place.resolve(MERGES), StandardCharsets.UTF_8).stream()
              .filter(line -> !line.startsWith("#version") && !line.isBlank())
              .toList();
      return ClipTokenizerFile.write(ids, pairs);
    } catch (JsonProcessingException e) {
      throw refusal(
          Message.of("%s is not valid JSON: %s", shown(place, VOCABULARY), e.getOriginalMessage()));
    } catch (IllegalArgumentException e) {
      throw refusal(Message.of("%s is not usable: %s", shown(place, VOCABULARY), e.getMessage()));
    }
  }

  private Path shown(Path place, String name) {
    Path file = place.resolve(name);
    return file.startsWith(folder) ? folder.relativize(file) : file;
  }

  /**
   * How CLIP encodes prompts.
   *
   * @param tokenizer its {@code tokenizer.json}
   * @param length tokens of a chunk
   * @param width numbers per state
   * @param maxChunks chunks that the UNet takes
   */
  Text text(Path tokenizer, int length, int width, int maxChunks) throws IOException {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (JsonNode token : json(folder.relativize(tokenizer).toString()).path("added_tokens")) {
      ids.put(token.path("content").asText(), token.path("id").asInt());
    }
    Integer begin = ids.get(ClipTokenizerFile.BEGIN);
    Integer end = ids.get(ClipTokenizerFile.END);
    if (begin == null || end == null) {
      throw refusal(
          Message.of(
              "%s is not CLIP's tokenizer: it has no %s and %s",
              folder.relativize(tokenizer), ClipTokenizerFile.BEGIN, ClipTokenizerFile.END));
    }
    return new Text(file(tokenizer), length, width, begin, end, end, maxChunks, true);
  }

  /**
   * A copy of a file from elsewhere; one that is there already serves if it is the same.
   *
   * @param name the copy's name in the folder
   */
  Path copy(Path source, String name) throws IOException {
    Path target = folder.resolve(name);
    if (Files.exists(target)) {
      if (Files.size(target) == Files.size(source) && Sha256.of(target).equals(Sha256.of(source))) {
        return target;
      }
      throw refusal(Message.of("there is another %s already; delete it", target));
    }
    place(target, part -> Files.copy(source, part, StandardCopyOption.REPLACE_EXISTING));
    return target;
  }

  /**
   * Writes the manifest, which makes the folder a pack.
   *
   * @return the pack, opened
   */
  ModelPack finish(PackManifest manifest) throws IOException {
    String text = ManifestWriter.write(manifest);
    ManifestReader.Reading check = ManifestReader.read(text.getBytes(StandardCharsets.UTF_8));
    if (check.manifest() == null) {
      throw refusal(PackProblem.describe(check.problems()));
    }
    write(folder.resolve(ModelPack.MANIFEST), text);
    return ModelPack.open(folder);
  }

  private void write(Path target, String text) throws IOException {
    place(target, part -> Files.writeString(part, text));
  }

  /** Fills a file. */
  private interface Filling {
    void fill(Path part) throws IOException;
  }

  /** Makes a file beside its place, brings it to the disk and moves it there. */
  private void place(Path target, Filling filling) throws IOException {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      filling.fill(part);
      flush(part, StandardOpenOption.WRITE);
      Files.move(part, target);
    } catch (FileAlreadyExistsException e) {
      throw refusal(target + " is there already");
    } finally {
      Files.deleteIfExists(part);
    }
    flush(folder, StandardOpenOption.READ);
  }

  private static void flush(Path path, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }
}
