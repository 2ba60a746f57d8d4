package io.airbox.generation.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.airbox.generation.fixture.ClipVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class ClipTokenizerFileTest {
  /** Writes CLIP's {@code tokenizer.json} into a folder. */
  public static Path write(Path folder) throws IOException {
    ClipVocabulary.write(folder);
    Map<String, Integer> ids =
        new JsonMapper().readValue(folder.resolve("vocab.json").toFile(), new TypeReference<>() {});
    List<String> merges = Files.readAllLines(folder.resolve("merges.txt"));
    return Files.writeString(
        folder.resolve("tokenizer.json"),
        ClipTokenizerFile.write(ids, merges.subList(1, merges.size())));
  }

  @Test
  void hasAllOfClipsVocabulary(@TempDir Path folder) throws Exception {
    var root = new JsonMapper().readTree(write(folder).toFile());
    assertThat(root.at("/model/vocab")).hasSize(49408);
    assertThat(root.at("/model/merges")).hasSize(48894);
    assertThat(root.at("/added_tokens/0/id").asInt()).isEqualTo(49406);
  }

  @Test
  void refusesAVocabularyWithoutTheFramesTokens() {
    assertThatThrownBy(() -> ClipTokenizerFile.write(Map.of("a", 1), List.of()))
        .hasMessageContaining("<|startoftext|>");
  }
}
