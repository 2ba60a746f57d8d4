package io.airbox.generation.pack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * Writes the {@code tokenizer.json} of CLIP's byte-pair tokenizer from its two older files, {@code
 * vocab.json} and {@code merges.txt}.
 */
final class ClipTokenizerFile {
  static final String BEGIN = "<|startoftext|>";
  static final String END = "<|endoftext|>";

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String PIECES =
      "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private ClipTokenizerFile() {}

  /**
   * The file's text.
   *
   * @param vocabulary id per token, with both special ones
   * @param merges pairs in order of rank, {@code "i n"}
   */
  static String write(Map<String, Integer> vocabulary, List<String> merges) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (String special : List.of(BEGIN, END)) {
      Integer id = vocabulary.get(special);
      if (id == null) {
        throw new IllegalArgumentException("CLIP's vocabulary has no " + special);
      }
      ObjectNode token = added.addObject();
      token.put("id", id);
      token.put("content", special);
      token.put("single_word", false);
      token.put("lstrip", false);
      token.put("rstrip", false);
      token.put("normalized", false);
      token.put("special", true);
    }
    normalizer(root.putObject("normalizer"));
    preTokenizer(root.putObject("pre_tokenizer"));
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"));
    ObjectNode model = root.putObject("model");
    model.put("type", "BPE");
    model.putNull("dropout");
    model.put("unk_token", END);
    model.put("continuing_subword_prefix", "");
    model.put("end_of_word_suffix", "</w>");
    model.put("fuse_unk", false);
    ObjectNode ids = model.putObject("vocab");
    vocabulary.forEach(ids::put);
    ArrayNode ranked = model.putArray("merges");
    merges.forEach(ranked::add);
    try {
      return MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
  }

  private static void normalizer(ObjectNode node) {
    node.put("type", "Sequence");
    ArrayNode steps = node.putArray("normalizers");
    steps.addObject().put("type", "NFC");
    ObjectNode blanks = steps.addObject();
    blanks.put("type", "Replace");
    blanks.putObject("pattern").put("Regex", "\\s+");
    blanks.put("content", " ");
    steps.addObject().put("type", "Lowercase");
  }

  private static void preTokenizer(ObjectNode node) {
    node.put("type", "Sequence");
    ArrayNode steps = node.putArray("pretokenizers");
    ObjectNode split = steps.addObject();
    split.put("type", "Split");
    split.putObject("pattern").put("Regex", PIECES);
    split.put("behavior", "Removed");
    split.put("invert", true);
    byteLevel(steps.addObject());
  }

  private static void byteLevel(ObjectNode node) {
    node.put("type", "ByteLevel");
    node.put("add_prefix_space", false);
    node.put("trim_offsets", true);
    node.put("use_regex", true);
  }
}
